"""Who is about to wait long holds no lane, no seat and no transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from django.db import transaction
from structlog.testing import capture_logs

from connection_budget import holding
from connection_budget.holding import HeldMeanwhile, held_here, hold_nothing_for
from connection_budget.lanes.executor import DbExecutor
from connection_budget.metrics.instruments import exposition
from connection_budget.seats.seats import Seats, seat_request


@pytest.fixture
def lane() -> Iterator[DbExecutor]:
    executor = DbExecutor(1)
    yield executor
    executor.close()


@pytest.fixture
def in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "is_testing", lambda: False)


def counted() -> str:
    lines = exposition().decode().splitlines()
    return next((one for one in lines if one.startswith("db_held_meanwhile_total ")), "")


async def ask() -> None:
    """As a gateway does, in the loop."""
    hold_nothing_for("a model's answer")


def test_who_holds_nothing_may_wait() -> None:
    asyncio.run(ask())
    assert held_here() == []


def test_within_a_lane_one_may_not_wait(lane: DbExecutor) -> None:
    with pytest.raises(HeldMeanwhile, match="a model's answer would be waited for with a lane"):
        lane.run_sync(lambda: asyncio.run(ask()))


def test_within_a_transaction_one_may_not_wait_not_even_in_a_loop(transactional_db: None) -> None:
    with transaction.atomic(), pytest.raises(HeldMeanwhile, match="a transaction of 'default'"):
        asyncio.run(ask())
    asyncio.run(ask())


def test_the_transaction_around_a_test_case_is_nobodys(db: None) -> None:
    asyncio.run(ask())
    with transaction.atomic(), pytest.raises(HeldMeanwhile):
        asyncio.run(ask())


def test_on_a_seat_one_may_not_wait() -> None:
    async def respond() -> None:
        seats = Seats(1)
        ticket = seat_request(seats, seats.take(1))
        with pytest.raises(HeldMeanwhile, match="a seat"):
            await ask()
        ticket.release()
        await ask()  # the answer has begun: nobody waits for this request any more

    asyncio.run(respond())


def test_in_production_it_is_logged_and_counted_and_goes_on(
    lane: DbExecutor, in_production: None
) -> None:
    before = counted()
    with capture_logs() as lines:
        lane.run_sync(lambda: asyncio.run(ask()))
    (line,) = [one for one in lines if one["event"] == "db_held_meanwhile"]
    assert (line["log_level"], line["held"]) == ("warning", ["a lane"])
    assert counted() != before
