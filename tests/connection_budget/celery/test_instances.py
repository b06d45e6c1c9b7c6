"""One worker more on a host than the role has instances is told, and not refused."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from connection_budget.budget.roles import PREFORK, Role
from connection_budget.contrib.celery import instances
from connection_budget.contrib.celery.instances import count_instance

ROLE = Role("mailer", connections=1, processes=3, instances=2, kind=PREFORK)


@pytest.fixture(autouse=True)
def _own_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(instances, "_held", [])


def start(workers: int) -> list[str]:
    """What is told of each."""
    with capture_logs() as logs:
        for _ in range(workers):
            count_instance(ROLE)
    return [entry["event"] for entry in logs]


def test_as_many_as_there_are_instances_start_without_a_word() -> None:
    assert start(2) == []


def test_each_more_is_told_until_one_has_ended() -> None:
    assert start(4) == ["worker_one_too_many"] * 2
    instances._held.pop()
    assert start(1) == []


def test_where_places_cannot_be_had_that_is_told(tmp_path: Path) -> None:
    (tmp_path / f"connection-budget-{os.getuid()}").write_text("a file in the way")
    assert start(1) == ["worker_instances_not_counted"]
