"""What a quiz's form carries and what it says: a signed seed, and places in the order shown.

The seed alone tells nothing: the order of choices comes from it and from the site's secret.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

from concepts.models import Concept
from learning.quiz.grading import (
    TYPED_MAX_CHARACTERS,
    BadAnswer,
    Choice,
    Given,
    Question,
    is_settled,
    put_in_order,
    read_given,
    read_ranks,
)

TOKEN = "token"  # noqa: S105 - the name of a field
TOKEN_MAX_CHARACTERS = 500
# A page may stay open overnight, and over a holiday.
TOKEN_MAX_AGE_SECONDS = 60 * 86_400
_SEED = re.compile(r"[0-9a-f]{32}")


class BadForm(ValueError):
    """A form that was not made here, or for another quiz, or too long ago."""


class Posted(Protocol):
    def getlist(self, key: str) -> list[str]: ...


@dataclass(frozen=True)
class Ticket:
    """What is signed: the number of the quiz's version, the seed, and which questions are asked."""

    version: int
    seed: str
    asked: tuple[int, ...]
    # The secret it is signed with: after a change of keys older forms keep their order.
    key: str | bytes

    def sign(self, concept: Concept) -> str:
        return signing.dumps(
            [self.version, self.seed, list(self.asked)], key=self.key, salt=_salt(concept)
        )

    def order(self, question: Question) -> list[Choice]:
        value = f"{self.seed}:{question.position}"
        secret = salted_hmac("learning.quiz.order", value, secret=self.key, algorithm="sha256")
        return put_in_order(question, secret.hexdigest())


@dataclass(frozen=True)
class Option:
    """`rank`: the number that was picked for a line, 0 where none is yet."""

    place: int
    text: str
    is_chosen: bool
    rank: int = 0


@dataclass(frozen=True)
class Field:
    """A question as it stands in a form; `place` among all that the form asks. `typed`: an output
    as it was."""

    place: int
    question: Question
    options: list[Option]
    typed: str = ""

    @property
    def name(self) -> str:
        return field_name(self.place)

    @property
    def most_typed(self) -> int:
        return TYPED_MAX_CHARACTERS

    @property
    def ranks(self) -> range:
        return range(1, len(self.options) + 1)

    @property
    def is_unsettled(self) -> bool:
        """Whether lines were given numbers, and not each one of its own."""
        ranks = [option.rank for option in self.options]
        return any(ranks) and not is_settled(ranks)


def field_name(place: int) -> str:
    return f"q{place}"


def new_ticket(version: int, asked: Iterable[int]) -> Ticket:
    return ticket_of(version, secrets.token_hex(16), asked)


def ticket_of(version: int, seed: str, asked: Iterable[int]) -> Ticket:
    return Ticket(version, seed, tuple(asked), settings.SECRET_KEY)


def read_ticket(token: str, concept: Concept) -> Ticket:
    """Raises BadForm."""
    if not token or len(token) > TOKEN_MAX_CHARACTERS or not token.isascii():
        raise BadForm("no token")
    keys: list[str | bytes] = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    for key in keys:
        try:
            version, seed, asked = signing.loads(
                token,
                key=key,
                salt=_salt(concept),
                max_age=TOKEN_MAX_AGE_SECONDS,
                fallback_keys=[],
            )
        except signing.BadSignature:
            continue
        return Ticket(version, seed, tuple(asked), key)
    raise BadForm("a token of somebody else's, or too old")


def is_seed(text: str) -> bool:
    return bool(_SEED.fullmatch(text))


def make_fields(
    ticket: Ticket, questions: Sequence[Question], posted: Posted | None = None
) -> list[Field]:
    """`posted`: what stands in them already. Raises BadAnswer for ranks that there are not."""
    by_position = {question.position: question for question in questions}
    return [
        _make_field(
            place,
            by_position[position],
            ticket,
            [] if posted is None else posted.getlist(field_name(place)),
        )
        for place, position in enumerate(ticket.asked, start=1)
        if position in by_position
    ]


def _make_field(place: int, question: Question, ticket: Ticket, values: Sequence[str]) -> Field:
    is_picked = question.is_ordered and values
    ranks = read_ranks(values, question) if is_picked else [0] * len(question.choices)
    options = [
        Option(at, choice.text, not is_picked and str(at) in values, rank)
        for (at, choice), rank in zip(
            enumerate(ticket.order(question), start=1), ranks, strict=True
        )
    ]
    return Field(place, question, options, "".join(values[:1]) if question.is_typed else "")


def read_answers(
    posted: Posted, ticket: Ticket, questions: Sequence[Question]
) -> tuple[list[Field], dict[int, Given]]:
    """The form as it was filled in, and by the position of a question what it was answered; what
    was left open or unsettled is not in it. Raises BadForm."""
    try:
        fields = make_fields(ticket, questions, posted)
        answers = {
            field.question.position: read_given(
                posted.getlist(field.name), field.question, ticket.order(field.question)
            )
            for field in fields
        }
    except BadAnswer as error:
        raise BadForm(str(error)) from error
    return fields, {position: given for position, given in answers.items() if given}


def _salt(concept: Concept) -> str:
    """A form is of one concept and no other."""
    return f"learning.quiz:{concept.pk}"
