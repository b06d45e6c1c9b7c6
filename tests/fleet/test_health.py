"""/health of the real web role: while every connection is taken, and while PostgreSQL is away."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tests.databases import database_url
from tests.embedded.checkouts import Checkout
from tests.fleet.fleet import Fleet
from tests.fleet.web import Web
from tests.waiting import wait_until

pytestmark = [pytest.mark.fleet, pytest.mark.timeout(150)]

ONE = {"ROLE_WEB_PROCESSES": "1", "ROLE_WEB_CONNECTIONS": "4"}


@pytest.fixture
def checkout() -> Iterator[Checkout]:
    """A PostgreSQL that may be frozen and stopped."""
    checkout = Checkout()
    checkout.postgres.join()
    yield checkout
    checkout.remove()


def statuses_at_once(web: Web, path: str) -> set[int]:
    """Of many requests: one that waited for the database would never be answered."""
    return {web.get(path)[0] for _ in range(20)}


@pytest.mark.django_db(transaction=True)
def test_it_answers_while_every_connection_is_taken(
    tmp_path: Path, observer: psycopg.Connection
) -> None:
    connection.close()
    with Fleet(tmp_path, database_url()) as fleet:
        web = Web(fleet, **ONE)
        answers: list[int] = []
        visitors = [
            threading.Thread(target=lambda: answers.append(web.get("/")[0])) for _ in range(6)
        ]
        with observer.transaction():
            observer.execute("LOCK TABLE roadmaps_roadmap IN ACCESS EXCLUSIVE MODE")
            for visitor in visitors:
                visitor.start()
            wait_until(lambda: web.health()["database"]["pool"]["checked_out"] == 4)
            wait_until(lambda: web.health()["database"]["status"] == "critical")
            assert statuses_at_once(web, "/health") == {200}, "full is no reason to leave rotation"
            report = web.health()
            pool = report["database"]["pool"]
            assert 0 < pool.pop("oldest_seat_seconds") < 150
            assert pool == {
                "checked_out": 4,
                "max_connections": 4,
                "usage_ratio": 100.0,
                "waiting": 2,
                "lost": 0,
                "oldest_unit_seconds": 0.0,
            }
            assert report["fleet"]["roles"]["web"] == {"budget": 5, "live": 5}
        for visitor in visitors:
            visitor.join()
        assert answers == [200] * 6
        wait_until(lambda: web.health()["status"] == "healthy")
        log = fleet.log("web")
        assert log.count("db_pool_critical_usage") == log.count("db_pool_usage_recovered") == 1


def test_it_answers_while_postgresql_is_frozen_and_when_it_is_gone(
    tmp_path: Path, checkout: Checkout
) -> None:
    with Fleet(tmp_path, checkout.postgres.url) as fleet:
        web = Web(fleet, **ONE)
        wait_until(lambda: web.get("/health")[0] == 200)
        freeze(checkout, signal.SIGSTOP)
        wait_until(lambda: web.get("/health")[0] == 503)
        assert statuses_at_once(web, "/health") == {503}
        assert web.health()["database"]["status"] == "down"
        assert statuses_at_once(web, "/health/live") == {200}
        freeze(checkout, signal.SIGCONT)
        wait_until(lambda: web.get("/health")[0] == 200)
        checkout.postgres.leave()
        assert checkout.stopped(30)
        wait_until(lambda: web.get("/health")[0] == 503)
        assert statuses_at_once(web, "/health") == {503}
        assert statuses_at_once(web, "/health/live") == {200}


def freeze(checkout: Checkout, number: signal.Signals) -> None:
    """The postmaster first, so that it starts nothing meanwhile; on the way back last."""
    postmaster = checkout.postmaster_pid()
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    pids = [postmaster, *map(int, children)]
    for pid in pids if number == signal.SIGSTOP else reversed(pids):
        os.kill(pid, number)
