"""The second opinion on a quiz: the same model solves it without the key."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from concepts.content import ChoiceContent, QuestionContent, QuizContent
from concepts.shuffling import shuffle_choices
from generation.port.errors import ContentError, CutOffError
from generation.providers.dialogue import Gateway, Prompt
from generation.providers.openai.prompting import blind_solve_prompt, shorter_prompt
from generation.providers.openai.schemas import Answered
from roadmaps.text import output_key


class BlindAnswer(Answered):
    question: int
    # Before the choices: models that do not think first do so here.
    working: str = ""
    choices: list[int] = Field(default_factory=list)
    output: str = ""
    is_sound: bool = True


class BlindAnswers(Answered):
    answers: list[BlindAnswer]


async def solve_blind(
    quiz: QuizContent, gateway: Gateway, *, seed: str, language: str
) -> list[str]:
    """Where the solution and the key disagree, one sentence each.

    Choices are shuffled, so that a favourite position is no hint; so are lines to be put in order.
    """
    shuffled = shuffle_choices(quiz, f"blind {seed}")
    asked = [_ask_without_key(at, one, seed) for at, one in enumerate(shuffled.questions, 1)]
    questions = [one.without_key() for one in asked]
    answers = await _ask(blind_solve_prompt(questions, subject=seed), gateway, language)
    solved = {one.question: one for one in answers.answers}
    return list(_disagreements(asked, solved))


async def _ask(prompt: Prompt, gateway: Gateway, language: str) -> BlindAnswers:
    """Once more, with more room, where it thought too long: the quiz is not to blame for that."""
    try:
        return (await gateway.write_object(prompt, BlindAnswers)).content
    except CutOffError as cut_off:
        try:
            roomier = shorter_prompt(prompt, prompt.purpose, language)
            return (await gateway.write_object(roomier, BlindAnswers)).content
        except ContentError as error:
            raise ContentError(str(cut_off), detail=error.detail) from None


@dataclass(frozen=True)
class _Asked:
    """A question as it is put to somebody without the key; `shown`: its choices in that order."""

    number: int
    question: QuestionContent
    shown: list[ChoiceContent]

    def without_key(self) -> dict[str, Any]:
        choices = [{"number": at, "text": one.text} for at, one in enumerate(self.shown, 1)]
        named = {"number": self.number, "type": self.question.type, "stem": self.question.stem}
        return {**named, "choices": choices}

    @property
    def key(self) -> list[int]:
        """Places of what is right: of lines in their order, else as they come."""
        if self.question.type == "order":
            return [self.shown.index(line) + 1 for line in self.question.choices]
        return [place for place, choice in enumerate(self.shown, 1) if choice.is_correct]

    def agrees_with(self, answer: BlindAnswer) -> bool:
        if self.question.type == "output":
            accepted = {output_key(text) for text in self.question.accepted}
            return output_key(answer.output) in accepted
        if self.question.type == "order":
            return answer.choices == self.key
        return set(answer.choices) == set(self.key)

    def quote(self, places: Sequence[int]) -> str:
        joint = ", then " if self.question.type == "order" else " and "
        texts = [f"“{self.shown[at - 1].text}”" for at in places if 1 <= at <= len(self.shown)]
        return joint.join(texts) or "none of the choices"

    def quotes(self, answer: BlindAnswer) -> tuple[str, str]:
        """The answer, and the key."""
        if self.question.type == "output":
            return f"“{answer.output}”", f"“{self.question.accepted[0]}”"
        is_order = self.question.type == "order"
        chosen = answer.choices if is_order else sorted(set(answer.choices))
        return self.quote(chosen), self.quote(self.key)


def _ask_without_key(number: int, question: QuestionContent, seed: str) -> _Asked:
    shown = question.choices
    if question.type == "order":
        rng = random.Random(f"blind {seed} {number}")  # noqa: S311 - an order, not a secret
        shown = rng.sample(shown, k=len(shown))
    return _Asked(number, question, shown)


def _disagreements(asked: Sequence[_Asked], solved: Mapping[int, BlindAnswer]) -> Iterator[str]:
    for one in asked:
        mine = solved.get(one.number)
        if mine is None:
            yield f"question {one.number}: whoever solved it gave no answer; make it plainer"
        elif not one.agrees_with(mine):
            answer, key = one.quotes(mine)
            yield (
                f"question {one.number}: solved without the key, the answer was {answer}, and the "
                f"key says {key}; "
                "work it out again and make question, key and explanation agree beyond dispute"
            )
        elif not mine.is_sound:
            yield (
                f"question {one.number}: whoever solved it found that no answer, or more than one, "
                "can be defended; make it unambiguous"
            )
