"""The second opinion on a quiz: the same model solves it without the key."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from concepts.content import ChoiceContent, QuestionContent, QuizContent
from concepts.shuffling import shuffle_choices
from generation.port.errors import ContentError, CutOffError
from generation.providers.dialogue import Gateway, Prompt
from generation.providers.openai.majority import (
    MOST_OPINIONS,
    asks_for_value,
    has_majority,
    needs_another,
)
from generation.providers.openai.prompting import blind_solve_prompt, shorter_prompt
from generation.providers.openai.schemas import Answered
from roadmaps.text import output_key

_TIMES = ("", " twice", " three times")


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

    A value that differs from the key's is worked out anew, at most twice: the majority decides.
    """
    given: dict[int, list[_Opinion]] = {}
    for time in range(1, MOST_OPINIONS + 1):
        asked = [one for one in _ask_without_key(quiz, seed, time) if _is_open(one, given)]
        if not asked:
            break
        questions = [one.without_key() for one in asked]
        prompt = blind_solve_prompt(questions, subject=seed, opinion=time)
        answers = await _ask(prompt, gateway, language)
        solved = {one.question: one for one in answers.answers}
        for one in asked:
            given.setdefault(one.number, []).append(_Opinion(one, solved.get(one.number)))
    return list(_disagreements(given))


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


@dataclass(frozen=True)
class _Opinion:
    asked: _Asked
    # None: the question was left out.
    answer: BlindAnswer | None

    @property
    def is_for_the_key(self) -> bool:
        return self.answer is not None and self.asked.agrees_with(self.answer)

    @property
    def is_sound(self) -> bool:
        return self.answer is not None and self.answer.is_sound

    @property
    def quote(self) -> str:
        return self.asked.quotes(self.answer)[0] if self.answer else "none"


def _ask_without_key(quiz: QuizContent, seed: str, time: int) -> Iterator[_Asked]:
    """Choices are shuffled anew each time, so that a favourite position is no hint; so are lines
    to be put in order."""
    seed = f"blind {seed}" if time == 1 else f"blind {seed} {time}"
    for number, question in enumerate(shuffle_choices(quiz, seed).questions, 1):
        shown = question.choices
        if question.type == "order":
            shown = sorted(shown, key=lambda line: _lot(seed, line))
        yield _Asked(number, question, shown)


def _lot(seed: str, line: ChoiceContent) -> bytes:
    return hashlib.sha256(f"{seed} {line.text}".encode()).digest()


def _is_open(asked: _Asked, given: Mapping[int, Sequence[_Opinion]]) -> bool:
    opinions = given.get(asked.number)
    if opinions is None:
        return True
    is_answered = opinions[0].answer is not None
    votes = [one.is_for_the_key for one in opinions]
    return is_answered and asks_for_value(asked.question) and needs_another(votes)


def _disagreements(given: Mapping[int, Sequence[_Opinion]]) -> Iterator[str]:
    for number, opinions in given.items():
        first = opinions[0]
        if first.answer is None:
            yield f"question {number}: whoever solved it gave no answer; make it plainer"
        elif not has_majority([one.is_for_the_key for one in opinions]):
            _, key = first.asked.quotes(first.answer)
            yield (
                f"question {number}: solved{_TIMES[len(opinions) - 1]} without the key, "
                f"{_tell(opinions)}, and the key says {key}; "
                "work it out again and make question, key and explanation agree beyond dispute"
            )
        elif not has_majority([one.is_sound for one in opinions]):
            yield (
                f"question {number}: whoever solved it found that no answer, or more than one, "
                "can be defended; make it unambiguous"
            )


def _tell(opinions: Sequence[_Opinion]) -> str:
    if len(opinions) == 1:
        return f"the answer was {opinions[0].quote}"
    *others, last = (one.quote for one in opinions)
    return f"the answers were {', '.join(others)} and {last}"
