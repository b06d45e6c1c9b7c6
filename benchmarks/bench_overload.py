"""Twice, three and five times as many visitors as two seats can serve, in four kinds of line.

A page queries for 200 ms, so ten a second can be served, however slow a machine is. Visitors hang
up after two seconds, which is also how long anybody may wait. `first_come`: in order, each as long
as that. `newest_first`: who came last is next. `controlled_delay`: in order, but where there has
been a line for two seconds newcomers may wait for a fifth of them (CoDel's thought: a line that
lasts serves nobody). `told_at_once`: the same, and who would wait longer is refused when it comes,
with a Retry-After; this is what the package does.

Goodput is pages a second that came before their visitor left. In order, all wait as long as they
can, so that who gets a seat leaves while it is worked for: most of the work is for nobody. The
newest first are served soon, but all others wait for as long as they can and hear nothing. With
controlled delay answers are early again; who is refused at once has waited for nothing and knows
when to come again. While a line builds up (the first two seconds) and its last ones are served (two
more) all lines but the newest first lose: that is part of the figures.
BENCH_OVERLOAD_SECONDS (20) shortens each measurement.
"""

from __future__ import annotations

import os
from typing import Any

from benchmarks.database import fresh_database
from benchmarks.impatient import Visits, have_impatient, percentile
from benchmarks.overload_site import SIDES
from connection_budget.seats.outlook import LEAST_RETRY_SECONDS, MOST_RETRY_SECONDS
from tests.connection_budget.web.server import WebServer
from tests.databases import database_url

SEATS = 2
PAGE_SECONDS = 0.2
CAPACITY = SEATS / PAGE_SECONDS
DEADLINE = 2.0
LOADS = (2, 3, 5)
SECONDS = float(os.environ.get("BENCH_OVERLOAD_SECONDS", "20"))
CHOSEN = "told_at_once"


class Server(WebServer):
    application = "benchmarks.overload_site:make_application"


def main() -> dict[str, Any]:
    with fresh_database():
        url = database_url()
        loads = {f"{load}x": {side: _measure(url, side, load) for side in SIDES} for load in LOADS}
    for sides in loads.values():
        chosen = sides[CHOSEN]
        assert chosen["goodput_a_second"] > sides["first_come"]["goodput_a_second"], loads
        assert all(chosen["hung_up"] <= one["hung_up"] for one in sides.values()), loads
    return {"capacity_a_second": CAPACITY, "deadline_seconds": DEADLINE, "loads": loads}


def _measure(url: str, side: str, load: int) -> dict[str, Any]:
    with Server(url, connections=SEATS, OVERLOAD_SIDE=side, SEAT_SECONDS=str(DEADLINE)) as server:
        path = f"/query?seconds={PAGE_SECONDS}"
        _warm_up(server)
        before = server.look()["queries"]
        visits = have_impatient(
            server.port, path, rate=load * CAPACITY, seconds=SECONDS, deadline=DEADLINE
        )
        server.wait_until_whole(SEATS)
        worked = server.look()["queries"] - before
    _assert_right(visits, side)
    served = visits.times(200)
    return {
        "came": len(visits.all),
        "goodput_a_second": round(len(served) / SECONDS, 1),
        "answered_p50_ms": percentile(served, 50),
        "answered_p99_ms": percentile(served, 99),
        "refused": visits.count(503),
        "refused_p50_ms": percentile(visits.times(503), 50),
        "hung_up": visits.count(0),
        "worked_for_nobody": worked - len(served),
    }


def _warm_up(server: WebServer) -> None:
    """Each connection is made, each thread was there once."""
    have_impatient(server.port, "/query?seconds=0.1", rate=10, seconds=2, deadline=30)
    server.wait_until_whole(SEATS)


def _assert_right(visits: Visits, side: str) -> None:
    """Nobody gets anything but the page or a refusal, which says when to come again."""
    assert {visit.status for visit in visits.all} <= {0, 200, 503}, visits.all[:3]
    assert visits.count(200), visits.all[:3]
    told = [int(visit.retry_after) for visit in visits.all if visit.status == 503]
    assert all(LEAST_RETRY_SECONDS <= one <= MOST_RETRY_SECONDS for one in told), set(told)
    if side == CHOSEN:
        assert told, "of twice as many as can be served somebody is refused"
