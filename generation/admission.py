"""Who may have something written now: the limits of a person, the same whatever they ask for."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypedDict

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from accounts.limits.refusals import LimitReached, Words, take_places
from accounts.limits.rules import Person, going_on_windows, order_windows
from accounts.models import User
from generation.day_limits import refuse_person_when_spent, refuse_run_when_spent
from generation.models import GenerationRun
from generation.port.provider import Provider
from generation.runs.open_runs import count_open_runs, lock_orders_of
from roadmaps.access import Visitor
from roadmaps.makers import made_roadmaps, person_of

# An open run ends in minutes, but nobody knows in how many.
LOOK_AGAIN_SECONDS = 60


class Placed(TypedDict):
    """What rows keep of a visitor; of an account nothing beside its key."""

    placed_from: str
    placed_by: str


@dataclass(frozen=True)
class Asker:
    """Who asks, and what counts for them."""

    person: Person
    account: User | None = None
    # What their session made.
    made: tuple[str, ...] = ()

    @classmethod
    def of(cls, visitor: Visitor, session: SessionBase, address: str) -> Asker:
        person = person_of(visitor, session, address)
        account = visitor if isinstance(visitor, User) else None
        return cls(person, account, tuple(made_roadmaps(session)))

    @property
    def is_staff(self) -> bool:
        return self.account is not None and self.account.is_staff

    @property
    def placed(self) -> Placed:
        if self.account is not None:
            return {"placed_from": "", "placed_by": ""}
        person = self.person
        return {"placed_from": person.address_digest, "placed_by": person.session_digest}


@dataclass(frozen=True)
class Refusals:
    """What each limit says to whoever meets it, in the words of what they asked for."""

    enough: Words
    enough_open: Words
    closed: Words
    closed_to_visitors: Words


def open_within_limits(
    asker: Asker,
    provider: Provider,
    say: Refusals,
    *,
    find: Callable[[], uuid.UUID | None],
    open_run: Callable[[], uuid.UUID],
) -> uuid.UUID:
    """One more run, opened in one transaction; or the one that this very order opened before, which
    like whatever is refused costs nothing. Raises LimitReached and Closed."""
    refuse_person_when_spent(asker.person, asker.account, provider)
    closed = say.closed if asker.account else say.closed_to_visitors
    windows = order_windows(asker.person)
    with take_places(windows, words=say.enough, closed=closed) as places, transaction.atomic():
        lock_orders_of(asker.person)
        if (known := find()) is not None:
            places.give_back()
            return known
        _refuse_one_more(asker, say.enough_open)
        return open_run()


def take_up_within_limits(
    run: GenerationRun,
    asker: Asker,
    *,
    enough: Words,
    enough_open: Words,
    take_up: Callable[[uuid.UUID], bool],
) -> bool:
    """A run that stopped goes on, and is one more that is under way. It was counted for its day
    when it was ordered; but nobody has one stop and go on without end. What others pay for staff
    may take up, as often as they must. Raises LimitReached and Closed."""
    if not asker.is_staff:
        refuse_run_when_spent(run)
    windows = [] if asker.is_staff else going_on_windows(asker.person)
    with take_places(windows, words=enough, closed=enough) as places, transaction.atomic():
        lock_orders_of(asker.person)
        _refuse_one_more(asker, enough_open, beside=run.pk)
        goes_on = take_up(run.pk)
        if not goes_on:
            places.give_back()
        return goes_on


@contextmanager
def ask_once_more(
    run: GenerationRun, asker: Asker, *, enough: Words, closed: Words
) -> Iterator[None]:
    """Around what has a run that is there ask a model anew: as much as an order, unless it comes
    to nothing. Raises LimitReached and Closed."""
    if not asker.is_staff:
        refuse_run_when_spent(run)
    with take_places(order_windows(asker.person), words=enough, closed=closed):
        yield


def _refuse_one_more(asker: Asker, enough_open: Words, beside: uuid.UUID | None = None) -> None:
    """Staff look after runs of others: how many are open at a time does not hold them."""
    if asker.is_staff:
        return
    others = count_open_runs(asker.person, asker.made, beside=beside)
    if others >= settings.OPEN_RUNS_PER_PERSON:
        raise LimitReached(enough_open, LOOK_AGAIN_SECONDS)
