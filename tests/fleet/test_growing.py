"""A real worker that is told to grow while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery

from tests.fleet.fleet import Fleet

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fleet]


@pytest.fixture
def control(fleet: Fleet) -> Iterator[Any]:
    broker = fleet.environment()["REDIS_URL"].replace("unix://", "redis+socket://", 1)
    with Celery("controls", broker=broker, set_as_current=False) as celery:
        yield celery.control


def test_a_worker_that_runs_does_not_grow_beyond_its_role(fleet: Fleet, control: Any) -> None:
    """It has as many children as its role declares; one more is one connection too many."""
    fleet.start("logs", ROLE_LOGS_PROCESSES="2")
    for told in (control.pool_grow, control.autoscale):
        options = {"n": 1} if told == control.pool_grow else {"max": 3, "min": 1}
        [answers] = told(**options, reply=True, timeout=60, limit=1)
        [answer] = answers.values()
        assert "start 3 children" in answer["error"]
    [stats] = control.inspect(timeout=60, limit=1).stats().values()
    assert len(stats["pool"]["processes"]) == 2
