"""A request's way to its seat: told at once where that is too long, and gone when its client is."""

from __future__ import annotations

import asyncio
from typing import Any

from connection_budget.seats.seats import GiveBack, Seats


def admit(seats: Seats, longest: float) -> float:
    """How many seconds a newcomer may wait, at most `longest`.

    Raises `NoSeat` where it would have to wait longer.
    """
    outlook = seats.outlook()
    if outlook.is_vain(longest):
        raise seats.refusal(outlook.patience(longest))
    return outlook.patience(longest)


async def wait_for_seat(
    seats: Seats, gone: asyncio.Future[None], seconds: float
) -> GiveBack | None:
    """Take a seat unless `gone` is done before: then, or when cancelled, leave the queue.

    What gives it back; None when none was taken. Raises `NoSeat` after `seconds`.
    """
    place = seats.ask()
    seated: asyncio.Future[Any] = asyncio.wrap_future(place)
    took = False
    try:
        await asyncio.wait({seated, gone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        took = seated.done() and not gone.done()
        if not took and not gone.done():
            raise seats.refusal(seconds)
        return place.result() if took else None
    finally:
        if not took:
            seats.leave(place)
