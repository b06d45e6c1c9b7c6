"""Results are written through the lanes: the calling thread never connects."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from celery import current_app
from django.db import connection
from django_celery_results.models import TaskResult

from connection_budget.contrib.celery.results import LaneBackend
from connection_budget.process import process_executor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def backend() -> Iterator[LaneBackend]:
    connection.close()
    yield LaneBackend(current_app)
    process_executor().close()
    process_executor.cache_clear()


def test_a_result_is_stored_on_a_lane(backend: LaneBackend) -> None:
    backend.store_result("one", {"answer": 42}, "SUCCESS")
    assert connection.connection is None
    assert TaskResult.objects.get(task_id="one").status == "SUCCESS"


def test_a_result_is_read_on_a_lane(backend: LaneBackend) -> None:
    backend.store_result("two", "done", "SUCCESS")
    assert backend.get_task_meta("two")["result"] == "done"
    assert connection.connection is None


def test_a_result_is_forgotten_on_a_lane(backend: LaneBackend) -> None:
    backend.store_result("three", "done", "SUCCESS")
    backend.forget("three")
    assert connection.connection is None
    assert not TaskResult.objects.exists()
