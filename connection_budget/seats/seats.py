"""Seats: places in a process for those that may hold one of its pooled connections.

As many seats as the pool has connections, so the pool itself never has a waiter. Coroutines and
threads wait in one queue, first come, first served; a coroutine waits without a thread and can
leave at any time.
"""

import threading
import time
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from django.db import OperationalError

from connection_budget.deadlines.held import HeldFor
from connection_budget.forks import call_in_forked_child
from connection_budget.metrics.db import POOL_TIMEOUTS
from connection_budget.seats.outlook import Outlook, Pace


class NoSeat(OperationalError):
    """No seat comes free in time. An operational error: what a full database raises, too."""

    retry_after: int | None = None
    """Seconds until those who wait now have had theirs; None where nobody can tell."""


@dataclass(frozen=True)
class SeatStatistics:
    total: int
    taken: int
    waiting: int


GiveBack = Callable[[], None]
# A place in the queue: done, with what gives the seat back, once a seat is the caller's.
Place = Future[GiveBack]


class Seats:
    """`total` seats for any number of event loops and threads.

    A connection may be out on one for `deadline` seconds.
    """

    def __init__(self, total: int, *, deadline: float = 15.0) -> None:
        if total < 1:
            raise ValueError(f"total={total}: 1 or more is wanted")
        self.total = total
        self.deadline = deadline
        self._start_afresh()
        call_in_forked_child(self._start_afresh)

    def _start_afresh(self) -> None:
        self._lock = threading.Lock()
        # Since when; the first was taken first.
        self._taken: OrderedDict[object, float] = OrderedDict()
        self._queue: OrderedDict[Place, None] = OrderedDict()
        self._pace = Pace()

    def ask(self) -> Place:
        """Join the queue. `leave` gives up."""
        place = Place()
        with self._lock:
            if len(self._taken) < self.total:
                self._seat(place)
            else:
                self._pace.join(time.monotonic(), ahead=len(self._queue))
                self._queue[place] = None
        return place

    def take_if_free(self) -> GiveBack | None:
        """What gives the seat back; None where one would have to be waited for."""
        place = Place()
        with self._lock:
            if len(self._taken) >= self.total:
                return None
            self._seat(place)
        return place.result()

    def leave(self, place: Place) -> None:
        """Give up a place in the queue, or the seat that it has become."""
        with self._lock:
            waited = place in self._queue
            self._queue.pop(place, None)
        if not waited:
            place.result()()

    def _give_back(self, seat: object) -> None:
        """The seat passes to the first in the queue, or is free."""
        with self._lock:
            del self._taken[seat]
            self._pace.come_back(time.monotonic(), waiting=bool(self._queue))
            if self._queue:
                self._seat(self._queue.popitem(last=False)[0])

    def hand_over(self, place: Place, give_back: GiveBack) -> bool:
        """End the waiting of `place` with a seat that the caller has; whether it still waited."""
        with self._lock:
            waited = place in self._queue
            if waited:
                del self._queue[place]
                place.set_result(give_back)
        return waited

    def take(self, seconds: float) -> GiveBack:
        """Wait in this thread. Raises `NoSeat` after `seconds`."""
        return self.wait(self.ask(), seconds)

    def seat_connection(self, seconds: float, *, before: Sequence["Seats"] = ()) -> GiveBack:
        """A seat for one pooled connection: the request's own, or else one from the queue.

        Returns what gives it back. Work that no request stands for (a stream that queries while
        it is sent, a web socket's lane, a task that outlives its request) waits here, in its own
        thread. Raises `NoSeat` after `seconds`.

        Where these seats are of a second database, those `before` them are the others', and the
        first of these is what the request has a seat of.
        """
        ticket = _ticket.get()
        if ticket is not None and before:
            ticket = ticket.beside([*before[1:], self], seconds)
        return self.wait(self.ask() if ticket is None else ticket.ask(), seconds)

    def wait(self, place: Place, seconds: float) -> GiveBack:
        try:
            return place.result(seconds)
        except BaseException as error:
            self.leave(place)
            if isinstance(error, TimeoutError):
                raise self.refusal(seconds) from None
            raise

    def refusal(self, seconds: float) -> NoSeat:
        POOL_TIMEOUTS.add()
        error = NoSeat(
            f"none of the {self.total} seats of this process comes free in {seconds:g} seconds"
        )
        error.retry_after = self.outlook().retry_after
        with self._lock:
            self._pace.refuse(time.monotonic())
        return error

    def outlook(self) -> Outlook:
        """For somebody who would come now."""
        with self._lock:
            return self._pace.outlook(time.monotonic(), waiting=len(self._queue))

    def statistics(self) -> SeatStatistics:
        with self._lock:
            return SeatStatistics(self.total, len(self._taken), len(self._queue))

    def held(self) -> list[HeldFor]:
        """How long each seat that is taken has been."""
        now = time.monotonic()
        with self._lock:
            return [HeldFor(now - since, self.deadline) for since in self._taken.values()]

    def _seat(self, place: Place) -> None:
        seat = object()
        self._taken[seat] = now = time.monotonic()
        if len(self._taken) == self.total:
            self._pace.fill(now)
        place.set_result(partial(self._give_back, seat))


class Borrower(Protocol):
    """A database wrapper that may have a pooled connection."""

    connection: Any
    in_unit: bool
    is_wanted: bool
    """It gives its connection back when that is not in use any more."""

    def surrender(self) -> bool:
        """From any thread: give back a connection that is not in use; whether that was so."""


class Ticket:
    """One request's seat, and the pooled connection that may be out on it.

    The seat goes back when the request no longer needs it *and* the connection is back. Until
    then it is for the request's other connections, which may be waiting for one: a request must
    not wait for a seat while its own is empty.
    """

    def __init__(self, seats: Seats, give_back: GiveBack) -> None:
        self._seats = seats
        self._give_back = give_back
        self._lock = threading.Lock()
        self._held = True
        self._lent = False
        self._siblings: deque[Place] = deque()
        self._borrowers: weakref.WeakSet[Borrower] = weakref.WeakSet()
        self._beside: dict[Seats, Ticket] = {}
        self._joining = threading.Lock()

    def beside(self, order: Sequence[Seats], seconds: float) -> "Ticket | None":
        """The request's seat of another database, the last of `order`; none when it is over.

        Those before it are taken first, so that no two requests wait for each other.
        """
        with self._joining:
            for seats in order:
                if self._held and seats not in self._beside:
                    self._beside[seats] = Ticket(seats, seats.take(seconds))
            if not self._held:
                self._release_beside()
            return self._beside.get(order[-1])

    def _release_beside(self) -> None:
        for ticket in list(self._beside.values()):
            ticket.release()

    def note_borrower(self, borrower: Borrower) -> None:
        """Who has a connection on this seat."""
        with self._lock:
            self._borrowers.add(borrower)

    @property
    def is_held(self) -> bool:
        return self._held

    @property
    def is_lent(self) -> bool:
        return self._lent

    def ask(self) -> Place:
        """This seat for a connection, if nobody else uses it; else the first that is free."""
        with self._lock:
            if not self._held or self._lent:
                place = self._seats.ask()
                if self._held:
                    self._siblings.append(place)
            else:
                self._lent = True
                place = Place()
                place.set_result(self.take_back)
        return place

    def take_back(self) -> None:
        """The connection is back in the pool."""
        with self._lock:
            while self._held and self._siblings:
                if self._seats.hand_over(self._siblings.popleft(), self.take_back):
                    return
            self._lent = False
            leaves = not self._held
        if leaves:
            self._give_back()

    def release(self) -> None:
        """The request needs its seat no longer. Safe to repeat.

        A connection that was borrowed on it and is not in use goes back now: its thread may never
        come to it again.
        """
        with self._lock:
            leaves = self._held and not self._lent
            self._held = False
            borrowers = list(self._borrowers)
        if leaves:
            self._give_back()
        self._release_beside()
        for borrower in borrowers:
            if borrower.connection is None:
                continue
            if borrower.in_unit or not borrower.surrender():
                borrower.is_wanted = True


_ticket: ContextVar[Ticket | None] = ContextVar("connection_budget_ticket", default=None)


def seat_request(seats: Seats, give_back: GiveBack) -> Ticket:
    """Note, for this context and the threads it works in, that it has a seat of `seats`."""
    ticket = Ticket(seats, give_back)
    _ticket.set(ticket)
    return ticket


def note_borrower(borrower: Borrower) -> None:
    """Tell this context's request, if there is one, who borrows a connection for it."""
    if (ticket := _ticket.get()) is not None:
        ticket.note_borrower(borrower)


def request_holds_connection() -> bool:
    """Whether the request of this context has a connection out on its seat."""
    ticket = _ticket.get()
    return ticket is not None and ticket.is_lent


def request_has_seat() -> bool:
    """Whether the request of this context keeps others waiting."""
    ticket = _ticket.get()
    return ticket is not None and ticket.is_held
