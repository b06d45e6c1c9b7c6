"""Questions, the order their choices are shown in, and what is right. Pure: imports no Django.

Places are what a form speaks of: counted from one, in the order shown. Positions are those of rows,
and never leave the server. A rank is the number that a line gets from whoever puts it in order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from concepts.shuffling import shuffled
from roadmaps.text import output_key

MULTIPLE, TRUE_FALSE = "multiple", "true_false"
OUTPUT, ORDER, FAULTY_LINE = "output", "order", "faulty_line"
# Enough to go on: four of five.
PASSING_PERCENT = 80
# A place has one figure, or two.
_PLACE_MAX_CHARACTERS = 2
# Of an output that somebody types; the longest that is right has half of it.
TYPED_MAX_CHARACTERS = 2_000

# What is kept of an answer: positions of choices, those of lines in the order they were put in; or
# an output as it was typed, alone.
Given: TypeAlias = tuple[int, ...] | tuple[str, ...]


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

    @property
    def is_typed(self) -> bool:
        return self.type == OUTPUT

    @property
    def is_ordered(self) -> bool:
        return self.type == ORDER

    @property
    def is_numbered(self) -> bool:
        """Whether its lines have numbers to be called by."""
        return self.type == FAULTY_LINE


@dataclass(frozen=True)
class Key:
    """What is right: positions of choices, those of lines in their order; or accepted outputs."""

    positions: tuple[int, ...] = ()
    accepted: tuple[str, ...] = ()


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
    from it. True and false stay in their order, and so do lines of which one is faulty: there is
    nothing to hide in it."""
    if question.type in {TRUE_FALSE, FAULTY_LINE}:
        return list(question.choices)
    return shuffled(question.choices, secret)


def read_given(values: Sequence[str], question: Question, shown: Sequence[Choice]) -> Given:
    """What a form says of one question, in what is kept of it; empty where it was left open, or
    lines share a rank. Raises BadAnswer for what the form does not hold."""
    if question.is_typed:
        return _read_text(values)
    if question.is_ordered:
        ranks = read_ranks(values, question)
        ranked = sorted(zip(ranks, shown, strict=True), key=lambda pair: pair[0])
        return tuple(line.position for _, line in ranked) if is_settled(ranks) else ()
    places = read_places(values, question)
    return tuple(sorted(shown[place - 1].position for place in places))


def read_places(values: Sequence[str], question: Question) -> set[int]:
    """The places that were chosen; raises BadAnswer for what the form does not hold."""
    if len(values) > (len(question.choices) if question.takes_many else 1):
        raise BadAnswer("more answers than there are places")
    return {_read_place(value, question) for value in values}


def read_ranks(values: Sequence[str], question: Question) -> tuple[int, ...]:
    """By place the rank of each line, 0 where none was picked. Raises BadAnswer."""
    if not values:
        return (0,) * len(question.choices)
    if len(values) != len(question.choices):
        raise BadAnswer("not as many ranks as there are lines")
    return tuple(_read_place(value, question) if value else 0 for value in values)


def is_settled(ranks: Sequence[int]) -> bool:
    """Whether every line has a rank of its own."""
    return sorted(ranks) == list(range(1, len(ranks) + 1))


def _read_place(value: str, question: Question) -> int:
    if len(value) > _PLACE_MAX_CHARACTERS or not (value.isascii() and value.isdigit()):
        raise BadAnswer("no place")
    if not 1 <= int(value) <= len(question.choices):
        raise BadAnswer("a place that there is not")
    return int(value)


def _read_text(values: Sequence[str]) -> tuple[str, ...]:
    if len(values) > 1:
        raise BadAnswer("more outputs than one")
    text = "\n".join(values).replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > TYPED_MAX_CHARACTERS or not _may_be_kept(text):
        raise BadAnswer("no output that can be typed")
    return (text,) if text.strip() else ()


def _may_be_kept(text: str) -> bool:
    """PostgreSQL holds neither NUL nor half a character."""
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def is_right(question_type: str, given: Given, key: Key) -> bool:
    """All that is right, and nothing else; of lines, in the right order."""
    if question_type == OUTPUT:
        accepted = {output_key(text) for text in key.accepted}
        return any(output_key(str(text)) in accepted for text in given)
    if question_type == ORDER:
        return bool(given) and given == key.positions
    return bool(given) and set(given) == set(key.positions)
