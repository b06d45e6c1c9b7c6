"""What a look costs the database, and what is shown while it is busy."""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from generation.models import GenerationRun
from generation.operations import patience, spending
from generation.operations.patience import DatabaseBusy, Kept
from generation.run_states import RunState
from tests.generation.admin_cast import make_failed, make_roadmap
from tests.generation.operations.looking import look, part
from tests.waiting import wait_until

LOCKED = "LOCK generation_generationrun IN ACCESS EXCLUSIVE MODE"


def queries_of(client: Client, address: str) -> list[str]:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in queries]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/operations/", "/operations/now/"])
def test_the_page_asks_no_more_for_many_runs_and_little_again(staff: Client, address: str) -> None:
    make_roadmap("Knots", concepts=1)
    few = len(queries_of(staff, address))
    for number in range(8):
        run = make_roadmap(f"Knots {number}", concepts=2)
        state = (RunState.RUNNING, RunState.PARTIAL)[number % 2]
        GenerationRun.objects.filter(pk=run.pk).update(state=state)
    assert len(queries_of(staff, address)) == few
    # Who looks (2), a transaction with its limit (3), runs (2), their progress (1).
    assert few <= 8


@pytest.mark.django_db
def test_the_sums_of_a_day_are_three_statements(
    staff: Client, django_assert_num_queries: Any
) -> None:
    make_roadmap("Knots", concepts=2)
    with django_assert_num_queries(3):
        spending.read_past()


@pytest.mark.django_db
def test_a_run_asks_no_more_for_many_events_and_failures(staff: Client) -> None:
    def cost(concepts: int) -> int:
        run = make_roadmap("Knots", concepts=concepts)
        return len(queries_of(staff, f"/operations/runs/{run.pk}/"))

    assert cost(1) == cost(4)
    make_failed()
    failed = GenerationRun.objects.get(state=RunState.PARTIAL)
    assert len(queries_of(staff, f"/operations/runs/{failed.pk}/")) <= 13


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", ["", "now/", "runs/{run}/", "runs/{run}/now/"])
def test_while_the_database_is_busy_the_page_says_so_and_shows_the_rest(
    staff: Client, observer: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(patience, "STATEMENT_SECONDS", 0.2)
    address = f"/operations/{place}".format(run=make_roadmap("Knots", concepts=1).pk)
    with observer.transaction():
        observer.execute(LOCKED)
        said = look(staff, address)
    assert "The database is busy" in said
    assert ("Database connections" in said) is ("runs" not in place)
    assert "The database is busy" not in look(staff, address)


@pytest.mark.django_db(transaction=True)
def test_the_limit_of_a_look_is_nobody_elses(staff: Client) -> None:
    look(staff)
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_nobody_queues_up_for_sums_that_somebody_is_making(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "STATEMENT_SECONDS", 0.05)
    begun, done = threading.Event(), threading.Event()

    def look_long() -> int:
        begun.set()
        assert done.wait(100)
        return 7

    kept = Kept(60, look_long)
    first = threading.Thread(target=kept.get)
    first.start()
    wait_until(begun.is_set)
    with pytest.raises(DatabaseBusy):
        kept.get()
    done.set()
    first.join()
    assert kept.get() == 7


def test_what_could_not_be_looked_for_is_looked_for_again() -> None:
    problems = [DatabaseBusy()]

    def look_once() -> int:
        if problems:
            raise problems.pop()
        return 7

    kept = Kept(60, look_once)
    with pytest.raises(DatabaseBusy):
        kept.get()
    assert kept.get() == kept.get() == 7


@pytest.mark.django_db
def test_the_part_that_is_refreshed_is_that_of_the_page(staff: Client) -> None:
    make_roadmap("Knots", concepts=1)
    for name in ("runs", "connections", "queues", "spending", "days", "tokens", "versions"):
        assert part(staff, name) == part(staff, name, "/operations/now/")
    fragment = staff.get("/operations/now/").content
    assert len(fragment) < len(staff.get("/operations/").content)
    assert b"<html" not in fragment
    assert b"csrf" not in fragment
