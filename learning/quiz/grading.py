"""Questions, the order their choices are shown in, and what is right. Pure: imports no Django.

Places are what a form speaks of: counted from one, in the order shown. Positions are those of rows,
and never leave the server.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MULTIPLE, TRUE_FALSE = "multiple", "true_false"
# Enough to go on: four of five.
PASSING_PERCENT = 80
# A place has one figure, or two.
_PLACE_MAX_CHARACTERS = 2


class BadAnswer(ValueError):
    """What no form of ours sends."""


@dataclass(frozen=True)
class Choice:
    position: int
    text: str


@dataclass(frozen=True)
class Question:
    """As it may be shown before it is answered: nothing in it tells what is right."""

    position: int
    type: str
    stem: str
    choices: tuple[Choice, ...]

    @property
    def takes_many(self) -> bool:
        return self.type == MULTIPLE


def read_question(said: Mapping[str, Any]) -> Question:
    """From the columns of its rows, as JSON has them."""
    choices = tuple(Choice(one["position"], one["text"]) for one in said["choices"])
    return Question(said["position"], said["type"], said["stem"], choices)


@dataclass(frozen=True)
class Score:
    right: int
    asked: int
    given: int

    @property
    def is_complete(self) -> bool:
        return self.given >= self.asked

    @property
    def open(self) -> int:
        return max(0, self.asked - self.given)

    @property
    def wrong(self) -> int:
        return self.given - self.right

    @property
    def is_passed(self) -> bool:
        return self.is_complete and 100 * self.right >= PASSING_PERCENT * self.asked > 0


def put_in_order(question: Question, secret: str) -> list[Choice]:
    """The order a question's choices are shown in: whoever does not know the secret learns nothing
    from it. True and false stay in their order: there is nothing to hide in it."""
    if question.type == TRUE_FALSE:
        return list(question.choices)
    rng = random.Random(secret)  # noqa: S311 - it only spreads a secret that somebody else made
    return rng.sample(question.choices, k=len(question.choices))


def read_places(values: Sequence[str], question: Question) -> set[int]:
    """The places that were chosen; raises BadAnswer for what the form does not hold."""
    if len(values) > (len(question.choices) if question.takes_many else 1):
        raise BadAnswer("more answers than there are places")
    places = {_read_place(value) for value in values}
    if not places <= set(range(1, len(question.choices) + 1)):
        raise BadAnswer("a place that there is not")
    return places


def _read_place(value: str) -> int:
    if len(value) > _PLACE_MAX_CHARACTERS or not (value.isascii() and value.isdigit()):
        raise BadAnswer("no place")
    return int(value)


def is_right(chosen: Collection[int], correct: Collection[int]) -> bool:
    """All that is right, and nothing else."""
    return bool(chosen) and set(chosen) == set(correct)
