"""What checkouts do while the server is away."""

from __future__ import annotations

import threading

from django.db import OperationalError

from connection_budget.postgresql.outages import Outage
from tests.waiting import wait_until

CHECKOUTS = 12


class Checkouts:
    """Threads that ask at once. Whoever may try keeps on trying until all others have ended."""

    def __init__(self, outage: Outage) -> None:
        self.tried: list[bool] = []
        self.refused: list[str] = []
        self._outage = outage
        self._threads = [threading.Thread(target=self._ask) for _ in range(CHECKOUTS)]

    def run(self) -> None:
        for thread in self._threads:
            thread.start()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        try:
            with self._outage.trying(available=False) as away:
                self.tried.append(away)
                wait_until(lambda: len(self.tried) + len(self.refused) == CHECKOUTS)
        except OperationalError as error:
            self.refused.append(str(error))


def test_of_many_checkouts_in_an_outage_one_tries() -> None:
    outage = Outage(patience=0)
    outage.record_failure(OSError("the server is away"))
    for _ in range(2):  # the next crowd has a prober of its own
        checkouts = Checkouts(outage)
        checkouts.run()
        assert checkouts.tried == [True]
        assert checkouts.refused == ["no connection: the server is away"] * (CHECKOUTS - 1)


def test_in_the_first_seconds_of_an_outage_all_try() -> None:
    outage = Outage(patience=60)
    outage.record_failure(OSError("the server is away"))
    checkouts = Checkouts(outage)
    checkouts.run()
    assert checkouts.tried == [True] * CHECKOUTS


def test_while_a_connection_is_out_all_may_wait_for_it() -> None:
    outage = Outage(patience=0)
    outage.taken()
    outage.record_failure(OSError("the server is away"))
    checkouts = Checkouts(outage)
    checkouts.run()
    assert checkouts.tried == [False] * CHECKOUTS
