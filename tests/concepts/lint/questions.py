"""Questions that are good but for what a test says, and what lint says of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from concepts.content import ChoiceContent, QuestionContent, QuizContent
from concepts.lint.quiz_rules import lint_quiz

QuestionType = Literal["single", "multiple", "true_false", "output", "order", "faulty_line"]

STEMS = ("Which method is safe?", "What ends a header?", "Who picks a port?", "Why use caches?")
GOOD = ("It reads from the row", "It locks the table", "It drops the index", "It sends a mail")


def choice(text: str, *, right: bool = False, why: str = "Because.") -> ChoiceContent:
    return ChoiceContent.model_construct(text=text, is_correct=right, rationale=why)


def question(
    texts: Sequence[str] = GOOD,
    *,
    right: Sequence[int] = (0,),
    kind: QuestionType = "single",
    stem: str = STEMS[0],
    explanation: str = "Look it up.",
) -> QuestionContent:
    """A question whose choices at the places `right` are correct."""
    return QuestionContent.model_construct(
        type=kind,
        stem=stem,
        choices=[choice(text, right=place in right) for place, text in enumerate(texts)],
        explanation=explanation,
        objective="Choose a method",
        difficulty=2,
    )


def quiz(*questions: QuestionContent) -> QuizContent:
    return QuizContent.model_construct(questions=list(questions))


def complaints(*questions: QuestionContent) -> str:
    return "\n".join(lint_quiz(quiz(*questions)))
