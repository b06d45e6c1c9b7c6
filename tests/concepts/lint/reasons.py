"""A question on methods that gives the reasons a test says, and what lint says of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from concepts.content import ChoiceContent, QuestionContent, QuizContent
from concepts.lint.quiz_rules import lint_quiz

STEM = "Which method is meant for reading?"
METHODS = ("GET", "PUT", "POST", "PATCH")


def question(
    *,
    stem: str = STEM,
    texts: Sequence[str] = METHODS,
    rationale_of_right: str = "It reads.",
    rationale_of_wrong: str = "It writes.",
    explanation: str = "One of them reads, the others write.",
    kind: Literal["single", "multiple", "true_false"] = "single",
) -> QuestionContent:
    """Its first choice is right; the second has the rationale of the wrong one."""
    rationales = [rationale_of_right, rationale_of_wrong, *["It writes."] * 3]
    return QuestionContent(
        type=kind,
        stem=stem,
        choices=[
            ChoiceContent(text=text, is_correct=place == 0, rationale=rationales[place])
            for place, text in enumerate(texts)
        ],
        explanation=explanation,
        objective="Choose a method",
        difficulty=2,
    )


def complaints(asked: QuestionContent) -> list[str]:
    return lint_quiz(QuizContent(questions=[asked]))


CALLED_RIGHT = [
    "question 1: the choice “PUT” is marked wrong, and its rationale says that it is right"
]
CALLED_WRONG = [
    "question 1: the choice “GET” is marked right, and its rationale says that it is wrong"
]
