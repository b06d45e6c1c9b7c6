"""Database units that outlast a restart of the database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import psycopg
from django.db import InterfaceError, InternalError, OperationalError
from django.db.transaction import TransactionManagementError

from connection_budget.lanes.executor import DbExecutor
from connection_budget.lanes.units import UnitTimedOut

R = TypeVar("R")

# What is said of a database that is away; the same unit may well succeed later. The executor has
# tried again once, at once, when this is seen.
# A connection that dies inside nested transactions is told of in several ways.
OUTAGES = (
    InterfaceError,
    InternalError,
    OperationalError,
    TransactionManagementError,
    UnitTimedOut,
    psycopg.InterfaceError,
    psycopg.OperationalError,
)
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 2.0


class PatientDb:
    """A DbExecutor whose units are tried again while the database is away.

    Units are idempotent, so trying again is safe, and what a model wrote is paid for: it is worth
    `seconds` of waiting. After that the last error is raised.
    """

    def __init__(self, db: DbExecutor, *, seconds: float) -> None:
        self._db = db
        self.seconds = seconds

    @property
    def lanes(self) -> int:
        return self._db.statistics().lanes

    async def run_once(self, unit: Callable[..., R], /, *arguments: Any, **options: Any) -> R:
        """For what is not worth waiting for."""
        return await self._db.run(unit, *arguments, **options)

    async def run(self, unit: Callable[..., R], /, *arguments: Any, **options: Any) -> R:
        for pause in self._pauses():
            try:
                return await self._db.run(unit, *arguments, **options)
            except OUTAGES:
                if pause is None:
                    raise
                await asyncio.sleep(pause)
        raise AssertionError("the last pause is None")

    def run_sync(self, unit: Callable[..., R], /, *arguments: Any, **options: Any) -> R:
        """`run` for callers without an event loop."""
        for pause in self._pauses():
            try:
                return self._db.run_sync(unit, *arguments, **options)
            except OUTAGES:
                if pause is None:
                    raise
                time.sleep(pause)
        raise AssertionError("the last pause is None")

    def _pauses(self) -> Iterator[float | None]:
        """Seconds between two attempts; None after the last one."""
        give_up_at = time.monotonic() + self.seconds
        pause = FIRST_PAUSE_SECONDS
        while time.monotonic() + pause <= give_up_at:
            yield pause
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        yield None
