"""django-celery-results through the lanes of this process.

Use it as `result_backend = "connection_budget.contrib.celery.results.LaneBackend"`. The stock one
would open a second connection in every worker child, on the main thread.
"""

from __future__ import annotations

from typing import Any

from django_celery_results.backends import DatabaseBackend

from connection_budget.process import process_executor


class LaneBackend(DatabaseBackend):  # type: ignore[misc]  # comes without types
    """Every way into the database is one unit on a lane of this process."""

    def _store_result(self, *arguments: Any, **options: Any) -> Any:
        return process_executor().run_sync(super()._store_result, *arguments, **options)

    def _get_task_meta_for(self, task_id: str) -> Any:
        return process_executor().run_sync(super()._get_task_meta_for, task_id)

    def _forget(self, task_id: str) -> Any:
        return process_executor().run_sync(super()._forget, task_id)

    def _save_group(self, *arguments: Any) -> Any:
        return process_executor().run_sync(super()._save_group, *arguments)

    def _restore_group(self, group_id: str) -> Any:
        return process_executor().run_sync(super()._restore_group, group_id)

    def _delete_group(self, group_id: str) -> Any:
        return process_executor().run_sync(super()._delete_group, group_id)

    def apply_chord(self, *arguments: Any, **options: Any) -> Any:
        return process_executor().run_sync(super().apply_chord, *arguments, **options)

    def on_chord_part_return(self, *arguments: Any, **options: Any) -> Any:
        return process_executor().run_sync(super().on_chord_part_return, *arguments, **options)

    def cleanup(self) -> Any:
        return process_executor().run_sync(super().cleanup)
