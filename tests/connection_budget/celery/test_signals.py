"""What a worker does by Celery's signals, without a worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from celery.concurrency.prefork import TaskPool
from celery.concurrency.thread import TaskPool as ThreadPool
from celery.utils.dispatch import Signal

from connection_budget.contrib.celery import refusing
from connection_budget.contrib.celery.refusing import hold_to_budget
from connection_budget.process import process_executor

SIGNALS = (
    "celeryd_init",
    "beat_init",
    "worker_ready",
    "worker_process_init",
    "worker_process_shutdown",
)


@dataclass(eq=False)
class Consumer:
    """Who sends what a worker is: as much of Celery's as is looked at."""

    pool: Any


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(refusing, "count_instance", lambda role: found.append(f"one {role.name}"))
    monkeypatch.setattr(refusing, "count_spawned_on_reserve", lambda: found.append("reserve"))
    return found


@pytest.fixture
def signals(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Of the test's own: those of Celery have other receivers here."""
    made = {name: Signal(name=name) for name in SIGNALS}
    for name, signal in made.items():
        monkeypatch.setattr(refusing, name, signal)
    hold_to_budget()
    return made


@pytest.mark.parametrize("kind", [TaskPool, ThreadPool])
def test_a_worker_that_is_ready_is_counted_and_alone_what_it_starts(
    signals: dict[str, Any], done: list[str], kind: type[Any]
) -> None:
    signals["worker_ready"].send(sender=Consumer(object.__new__(kind)))
    assert done == ["one command", *([] if kind is TaskPool else ["reserve"])]


def test_a_child_has_lanes_from_the_beginning_until_it_ends(
    signals: dict[str, Any], done: list[str]
) -> None:
    process_executor.cache_clear()
    signals["worker_process_init"].send(sender=None)
    assert (process_executor.cache_info().currsize, done) == (1, ["reserve"])
    executor = process_executor()
    signals["worker_process_shutdown"].send(sender=None)
    with pytest.raises(RuntimeError):
        executor.run_sync(lambda: None)
    process_executor.cache_clear()
