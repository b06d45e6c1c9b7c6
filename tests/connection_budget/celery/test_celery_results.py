"""Results are written through the lanes: the calling thread never connects."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from celery import current_app
from django.db import connection
from django_celery_results.backends import DatabaseBackend
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


WAYS: dict[str, tuple[object, ...]] = {
    "_store_result": ("one", "done", "SUCCESS"),
    "_get_task_meta_for": ("one",),
    "_forget": ("one",),
    "_save_group": ("group", []),
    "_restore_group": ("group",),
    "_delete_group": ("group",),
    "apply_chord": ((), None),
    "on_chord_part_return": (None, "SUCCESS", "done"),
    "cleanup": (),
}
WITHOUT_DATABASE = {
    "TaskModel", "GroupModel", "exception_safe_to_retry", "_get_extended_properties",
    "_get_meta_from_request", "encode_content", "decode_content",
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_every_way_into_the_database_is_on_a_lane(
    backend: LaneBackend, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """With what it was given, and it answers with what it found."""

    def note(_backend: LaneBackend, *arguments: object) -> tuple[object, ...]:
        return threading.current_thread() is threading.main_thread(), *arguments

    monkeypatch.setattr(DatabaseBackend, way, note)
    assert getattr(backend, way)(*WAYS[way]) == (False, *WAYS[way])


def test_no_way_into_the_database_is_forgotten() -> None:
    """Whatever the stock one does in the database itself."""
    own = {name for name, value in vars(DatabaseBackend).items() if callable(value)}
    assert own - WITHOUT_DATABASE == set(WAYS)
