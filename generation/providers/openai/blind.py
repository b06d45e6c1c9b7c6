"""The second opinion on a quiz: the same model solves it without the key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from concepts.content import QuestionContent, QuizContent
from concepts.shuffling import shuffle_choices
from generation.port.errors import ContentError, CutOffError
from generation.providers.dialogue import Gateway, Prompt
from generation.providers.openai.prompting import blind_solve_prompt, shorter_prompt
from generation.providers.openai.schemas import BlindAnswer, BlindAnswers


async def solve_blind(
    quiz: QuizContent, gateway: Gateway, *, seed: str, language: str
) -> list[str]:
    """Where the solution and the key disagree, one sentence each.

    Choices are shuffled, so that a favourite position is no hint.
    """
    shuffled = shuffle_choices(quiz, f"blind {seed}")
    questions = [
        _without_key(number, question) for number, question in enumerate(shuffled.questions, 1)
    ]
    answers = await _ask(blind_solve_prompt(questions, subject=seed), gateway, language)
    solved = {one.question: one for one in answers.answers}
    return list(_disagreements(shuffled, solved))


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


def _without_key(number: int, question: QuestionContent) -> dict[str, Any]:
    choices = [
        {"number": place, "text": choice.text} for place, choice in enumerate(question.choices, 1)
    ]
    return {"number": number, "type": question.type, "stem": question.stem, "choices": choices}


def _disagreements(quiz: QuizContent, solved: dict[int, BlindAnswer]) -> Iterator[str]:
    for number, question in enumerate(quiz.questions, 1):
        mine = solved.get(number)
        if mine is None:
            yield f"question {number}: whoever solved it gave no answer; make it plainer"
            continue
        key = {place for place, choice in enumerate(question.choices, 1) if choice.is_correct}
        if set(mine.choices) != key:
            yield (
                f"question {number}: solved without the key, the answer was "
                f"{_quote(question, set(mine.choices))}, and the key says {_quote(question, key)}; "
                "work it out again and make question, key and explanation agree beyond dispute"
            )
        elif not mine.is_sound:
            yield (
                f"question {number}: whoever solved it found that no choice, or more than one, can "
                "be defended; make it unambiguous"
            )


def _quote(question: QuestionContent, places: set[int]) -> str:
    texts = [
        f"“{choice.text}”" for place, choice in enumerate(question.choices, 1) if place in places
    ]
    return " and ".join(texts) or "none of the choices"
