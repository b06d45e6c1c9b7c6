"""What is told of Redis: what waits, who works, how far the model server's limits are used."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from celery.app import app_or_default

from connection_budget.watch import monitoring
from connection_budget.watch.monitoring import Monitor
from generation import probes
from generation.probes import WorkerProbe, probe_model_server, probe_queues, probe_redis
from generation.providers.gateway.pace import Pace, read_pace
from generation.providers.gateway.pacing import Pacer, Rates, account_key

NOBODY = "redis://127.0.0.1:1"


@pytest.fixture
def server(redis_url: str, settings: Any) -> Iterator[redis.Redis]:
    settings.REDIS_URL = redis_url
    client = redis.Redis.from_url(redis_url)
    client.flushdb()
    yield client
    client.close()


def pace_after(redis_url: str, *acts: tuple[str, Any], rates: Rates | None = None) -> Pace:
    """What is read after a process of the gateway's did this."""

    async def act() -> None:
        pacer = Pacer(rates or Rates(), "account", redis_url)
        for name, value in acts:
            await getattr(pacer, name)(value)
        await pacer.close()

    asyncio.run(act())
    client = redis.Redis.from_url(redis_url)
    try:
        return read_pace(client, "account")
    finally:
        client.close()


def test_messages_that_wait_are_counted_queue_by_queue(server: redis.Redis) -> None:
    server.rpush("workflow", "a", "b")
    server.rpush("logs", "a")
    assert probe_queues() == {"workflow": 2, "content_generation": 0, "logs": 1}
    assert probe_redis() == {"status": "healthy"}


def test_without_redis_nothing_is_known(settings: Any) -> None:
    settings.REDIS_URL = NOBODY
    settings.LLM_MODEL = "rope-1"
    unknown = {"workflow": None, "content_generation": None, "logs": None}
    assert probe_queues() == unknown
    assert probe_redis() == {"status": "down"}
    assert probe_model_server() is None
    workers = WorkerProbe(app_or_default())
    assert workers.probe() == {queue: {"alive": None} for queue in unknown}
    assert workers.count() == unknown


def test_workers_are_asked_once_and_told_of_in_two_ways(
    server: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {"one@host": [{"name": "workflow"}], "two@host": [{"name": "workflow"}]}
    asked: list[object] = []

    class Inspect:
        def __init__(self, **_: object) -> None:
            asked.append(self)

        def active_queues(self) -> Any:
            return answers

    app = app_or_default()
    monkeypatch.setattr(app.control, "inspect", Inspect)
    workers = WorkerProbe(app)
    told = workers.probe()
    assert {queue: said["alive"] for queue, said in told.items()} == {
        "workflow": True,
        "content_generation": False,
        "logs": False,
    }
    assert workers.count() == {"workflow": 2, "content_generation": 0, "logs": 0}
    assert len(asked) == 1


def test_an_account_that_nobody_asked_holds_nobody_up(server: redis.Redis) -> None:
    assert read_pace(server, "account") == Pace()


def test_turns_given_away_are_told_in_seconds(server: redis.Redis, redis_url: str) -> None:
    takes = [("take", 10.0)] * 40
    pace = pace_after(redis_url, *takes, rates=Rates(requests_per_minute=60))
    # Forty requests at one a second, but for what may be taken at once.
    assert 30 < pace.booked_seconds <= 41
    assert pace.held_seconds == 0.0


def test_too_many_is_told_by_how_long_everybody_waits(server: redis.Redis, redis_url: str) -> None:
    assert 300 < pace_after(redis_url, ("hold", 500.0)).held_seconds <= 500


def test_a_refusal_is_told_with_its_reason(server: redis.Redis, redis_url: str) -> None:
    pace = pace_after(redis_url, ("refuse", "the key was refused"))
    assert pace.refusal == "the key was refused"
    assert 0.0 <= pace.refused_seconds < 300


def test_the_probe_reads_the_account_that_is_configured(
    server: redis.Redis, redis_url: str, settings: Any
) -> None:
    settings.LLM_BASE_URL, settings.LLM_API_KEY = "https://models.example/v1", "key"
    settings.LLM_MODEL = ""
    assert probe_model_server() is None
    settings.LLM_MODEL = "rope-1"
    account = account_key("https://models.example/v1", "key")
    server.hset(account, mapping={"refused_at": "1.0", "refusal": "no such model"})
    told = probe_model_server()
    assert told is not None
    assert told["refusal"] == "no such model"


def test_health_tells_nothing_of_what_is_for_staff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitoring._Process, "monitor", monitor := Monitor())
    report, _ = monitoring.describe(monitor)
    assert {"redis", "workers"} <= set(report)
    assert not {"queues", "worker_counts", "model_server"} & set(report)
    assert monitor.probing.answer("queues") == probes.UNKNOWN_DEPTHS
