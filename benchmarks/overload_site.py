"""The site of the web role's tests, its line as OVERLOAD_SIDE names it; it logs nothing."""

from __future__ import annotations

import logging
import os
from unittest import mock

import structlog

from connection_budget import process
from connection_budget.seats.outlook import Outlook
from connection_budget.seats.seating import Application
from connection_budget.seats.seats import Seats
from tests.connection_budget.web.site import make_application as make_site


class FirstCome(Seats):
    """Everybody may wait the longest time, and is told nothing before it is over."""

    def outlook(self) -> Outlook:
        return Outlook(None, 0.0)


class NewestFirst(FirstCome):
    """Whoever came last is the next."""

    def _give_back(self, seat: object) -> None:
        with self._lock:
            if self._queue:
                self._queue.move_to_end(next(reversed(self._queue)), last=False)
        super()._give_back(seat)


class ControlledDelay(Seats):
    """In a lasting overload everybody may wait for less, and finds out by waiting."""

    def outlook(self) -> Outlook:
        return Outlook(None, super().outlook().standing)


SIDES = {
    "first_come": FirstCome,
    "newest_first": NewestFirst,
    "controlled_delay": ControlledDelay,
    "told_at_once": Seats,
}


def make_application() -> Application:
    side = SIDES[os.environ.get("OVERLOAD_SIDE", "told_at_once")]
    mock.patch.object(process, "Seats", side).start()
    site = make_site()
    # What is refused by the thousand is told in the line of JSON.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    return site
