"""The order of a quiz's choices."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

from concepts.content import QuestionContent, QuizContent

SHUFFLED = ("single", "multiple")

T = TypeVar("T")


def seeded(seed: str) -> random.Random:
    """Spreads what the seed says; whoever knows the seed knows the order."""
    return random.Random(seed)  # noqa: S311 - an order, not a secret


def shuffled(items: Sequence[T], seed: str) -> list[T]:
    """In an order that depends on the seed alone."""
    return seeded(seed).sample(items, k=len(items))


def shuffle_choices(quiz: QuizContent, seed: str) -> QuizContent:
    """Put every question's choices into an order that depends on the seed alone.

    Models (and people) favour a position for the key. True and false stay in their order, for there
    is nothing to hide in it, and so do lines: it is what they say, or the key.
    """
    rng = seeded(seed)
    return quiz.model_copy(
        update={"questions": [_shuffled(question, rng) for question in quiz.questions]}
    )


def _shuffled(question: QuestionContent, rng: random.Random) -> QuestionContent:
    if question.type not in SHUFFLED:
        return question
    choices = rng.sample(question.choices, k=len(question.choices))
    return question.model_copy(update={"choices": choices})
