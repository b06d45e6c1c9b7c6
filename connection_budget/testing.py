"""For a project's tests: units where a test's rows are, and lanes that end with it.

    class OrderTests(UnitsInline, TestCase): ...

A lane has a connection of its own, which does not see what a `TestCase` has not committed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

from asgiref.sync import sync_to_async as in_tests_thread  # noqa: TID251 - where its rows are

from connection_budget.lanes.executor import DbExecutor
from connection_budget.process import process_executor


@contextmanager
def units_inline() -> Iterator[None]:
    """In the block a unit is called in the test's thread, within its transaction. In an async test
    of Django's, too; one of another runner has no such thread."""
    with patch.multiple(DbExecutor, run=_run, run_sync=_run_sync):
        yield


def close_lanes() -> None:
    """A database that a lane is connected to cannot be dropped."""
    if process_executor.cache_info().currsize:
        process_executor().close()
        process_executor.cache_clear()


class UnitsInline:
    """Mixed into a test case of Django's, in front of it."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.enterClassContext(units_inline())  # type: ignore[attr-defined]
        cls.addClassCleanup(close_lanes)  # type: ignore[attr-defined]
        super().setUpClass()  # type: ignore[misc]


async def _run(_executor: DbExecutor, fn: Callable[..., Any], /, *args: Any, **options: Any) -> Any:
    return await in_tests_thread(_call(fn, args, options))()


def _run_sync(_executor: DbExecutor, fn: Callable[..., Any], /, *args: Any, **options: Any) -> Any:
    return _call(fn, args, options)()


def _call(fn: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any]) -> partial[Any]:
    """Without what is said to the executor."""
    return partial(fn, *args, **{key: options[key] for key in options if key not in _OWN})


_OWN = {"deadline", "retry"}
