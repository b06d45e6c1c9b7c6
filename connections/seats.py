"""Seats: places in a process for those that may hold one of its pooled connections.

As many seats as the pool has connections, so the pool itself never has a waiter. Coroutines and
threads wait in one queue, first come, first served; a coroutine waits without a thread and can
leave at any time.
"""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import OperationalError

from connections.metrics import POOL_TIMEOUTS


class NoSeat(OperationalError):
    """No seat came free in time. An operational error: what a full database raises, too."""


@dataclass(frozen=True)
class SeatStatistics:
    total: int
    taken: int
    waiting: int


class Seats:
    """`total` seats for any number of event loops and threads."""

    def __init__(self, total: int) -> None:
        if total < 1:
            raise ValueError(f"total={total}: 1 or more is wanted")
        self.total = total
        self._lock = threading.Lock()
        self._taken = 0
        self._queue: OrderedDict[Future[None], None] = OrderedDict()

    def ask(self) -> Future[None]:
        """Join the queue. The future is done once a seat is the caller's; `leave` gives up."""
        place: Future[None] = Future()
        with self._lock:
            if self._taken < self.total:
                self._taken += 1
                place.set_result(None)
            else:
                self._queue[place] = None
        return place

    def leave(self, place: Future[None]) -> None:
        """Give up a place in the queue, or the seat that it has become."""
        with self._lock:
            waited = place in self._queue
            self._queue.pop(place, None)
        if not waited:
            self.give_back()

    def give_back(self) -> None:
        """The seat passes to the first in the queue, or is free."""
        with self._lock:
            if not self._queue:
                self._taken -= 1
                return
            place, _ = self._queue.popitem(last=False)
        place.set_result(None)

    def take(self, seconds: float) -> None:
        """Wait in this thread. Raises `NoSeat` after `seconds`."""
        place = self.ask()
        try:
            place.result(seconds)
        except BaseException as error:
            self.leave(place)
            if isinstance(error, TimeoutError):
                raise self.refusal(seconds) from None
            raise

    def seat_connection(self, seconds: float) -> Callable[[], None]:
        """A seat for one pooled connection: the request's own, or else one from the queue.

        Returns what gives it back. Work that no request stands for (a stream that queries while
        it is sent, a web socket's lane, a task that outlives its request) waits here, in its own
        thread. Raises `NoSeat` after `seconds`.
        """
        ticket = _ticket.get()
        if ticket is not None and ticket.lend():
            return ticket.take_back
        self.take(seconds)
        return self.give_back

    def refusal(self, seconds: float) -> NoSeat:
        POOL_TIMEOUTS.add()
        return NoSeat(
            f"none of the {self.total} seats of this process came free in {seconds:g} seconds"
        )

    def statistics(self) -> SeatStatistics:
        with self._lock:
            return SeatStatistics(self.total, self._taken, len(self._queue))


class Ticket:
    """One request's seat, and the pooled connection that may be out on it.

    The seat goes back when the request no longer needs it *and* the connection is back.
    """

    def __init__(self, seats: Seats) -> None:
        self._seats = seats
        self._lock = threading.Lock()
        self._held = True
        self._lent = False

    def lend(self) -> bool:
        """Use this seat for a connection, if it is still held and nobody else does."""
        with self._lock:
            lends = self._held and not self._lent
            self._lent = self._lent or lends
            return lends

    def take_back(self) -> None:
        """The connection is back in the pool."""
        with self._lock:
            self._lent = False
            leaves = not self._held
        if leaves:
            self._seats.give_back()

    def release(self) -> None:
        """The request needs its seat no longer. Safe to repeat."""
        with self._lock:
            leaves = self._held and not self._lent
            self._held = False
        if leaves:
            self._seats.give_back()


_ticket: ContextVar[Ticket | None] = ContextVar("connections_ticket", default=None)


def seat_request(seats: Seats) -> Ticket:
    """Note, for this context and the threads it works in, that it has a seat of `seats`."""
    ticket = Ticket(seats)
    _ticket.set(ticket)
    return ticket


async def wait_for_seat(seats: Seats, gone: asyncio.Future[None], seconds: float) -> bool:
    """Take a seat unless `gone` is done before: then, or when cancelled, leave the queue.

    Whether a seat was taken. Raises `NoSeat` after `seconds`.
    """
    place = seats.ask()
    seated = asyncio.wrap_future(place)
    took = False
    try:
        await asyncio.wait({seated, gone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        took = seated.done() and not gone.done()
        if not took and not gone.done():
            raise seats.refusal(seconds)
        return took
    finally:
        if not took:
            seats.leave(place)
