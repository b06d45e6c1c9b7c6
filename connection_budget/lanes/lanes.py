"""Lanes: the threads of one process that may touch the database, and what they are doing.

Django keeps one connection a thread and alias, so work that only ever runs on `size` threads
cannot hold more than `size` connections, whatever is cancelled, killed or forgotten.
"""

import contextvars
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from connection_budget.cap.wrapper import Capped
from connection_budget.deadlines.held import Held, HeldFor
from connection_budget.deadlines.watch import DeadlineWatch
from connection_budget.lanes import gauges as lane_gauges
from connection_budget.lanes.units import Unit
from connection_budget.logs import get_logger
from connection_budget.metrics import db as metrics

R = TypeVar("R")

log = get_logger(__name__)


class ExecutorClosed(RuntimeError):
    """Work was handed to an executor after `close`."""


@dataclass(frozen=True)
class ExecutorStatistics:
    """A snapshot. Everything but `lanes` belongs to this process and starts at 0 after a fork."""

    lanes: int
    """Threads, and so permits, and so the most connections (an alias)."""
    permits_free: int
    """Units that could start at once."""
    waiting: int
    """Units asked for that have no lane yet."""
    running: int
    peak_running: int
    started: int
    finished: int
    """Started and over, well or badly."""
    orphaned: int
    """Units whose statement was cancelled at their deadline."""
    retried: int


class Lanes:
    """`size` named threads, started when first needed. Thread-safe.

    They are not daemons: a process that exits waits for the transaction that runs.
    """

    def __init__(self, size: int, name: str) -> None:
        self.size = size
        self._wrappers: list[BaseDatabaseWrapper] = []
        self._pool = ThreadPoolExecutor(size, name, initializer=self._enter_lane)
        self._watch = DeadlineWatch(f"{name}-watch", self._interrupt)
        self._here = threading.local()
        self._lock = threading.Lock()
        self._closed = False
        self._idle_callbacks: list[Callable[[], object]] = []
        self._asking = self._submitted = self._peak_running = 0
        self._running: set[Held] = set()
        self._started = self._finished = self._orphaned = self._retried = 0
        lane_gauges.watch_lanes(self)

    def submit(self, unit: Unit[R]) -> Future[R]:
        """Queue `unit` for the next free lane, with the caller's context variables.

        Raises `ExecutorClosed`.
        """
        with self._lock:
            if self._closed:
                raise ExecutorClosed("This executor is closed: it takes no more units.")
            work = self._pool.submit(contextvars.copy_context().run, self._work, unit)
            self._submitted += 1
        lane_gauges.publish_lanes()
        return work

    def drop(self, work: Future[Any]) -> None:
        """Forget a unit that has not started. One that runs goes on to its end."""
        if work.cancelled() or not work.cancel():
            return
        with self._lock:
            self._submitted -= 1
        lane_gauges.publish_lanes()
        self._tell_if_idle()

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Count the caller as waiting while it tries to submit a unit."""
        with self._lock:
            self._asking += 1
        lane_gauges.publish_lanes()
        try:
            yield
        finally:
            with self._lock:
                self._asking -= 1
            lane_gauges.publish_lanes()
            self._tell_if_idle()

    @contextmanager
    def telling_when_idle(self, callback: Callable[[], object]) -> Iterator[None]:
        """Call `callback`, from any thread, whenever nothing runs and nothing waits."""
        with self._lock:
            self._idle_callbacks.append(callback)
        self._tell_if_idle()
        try:
            yield
        finally:
            with self._lock:
                self._idle_callbacks.remove(callback)

    def in_lane(self) -> bool:
        """Whether the calling thread is one of these lanes."""
        return getattr(self._here, "is_lane", False)

    def statistics(self) -> ExecutorStatistics:
        with self._lock:
            return ExecutorStatistics(
                lanes=self.size,
                permits_free=max(0, self.size - self._submitted),
                waiting=self._asking + self._submitted - len(self._running),
                running=len(self._running),
                peak_running=self._peak_running,
                started=self._started,
                finished=self._finished,
                orphaned=self._orphaned,
                retried=self._retried,
            )

    def units_held(self) -> list[HeldFor]:
        """How long each unit that runs has run, and may."""
        now = time.monotonic()
        with self._lock:
            return [HeldFor(now - unit.began, unit.deadline) for unit in self._running]

    def close(self) -> None:
        """Let submitted units end, close every lane's connections, end the threads."""
        if self.in_lane():
            raise RuntimeError("A unit cannot close the lanes it runs in.")
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._pool.shutdown(wait=True)
        for wrapper in self._wrappers:
            # Its thread is gone; Django wants to be told that another one may close it.
            wrapper.inc_thread_sharing()
            wrapper.close()
        self._watch.close()
        lane_gauges.forget_lanes(self)

    def _enter_lane(self) -> None:
        self._here.is_lane = True
        wrappers = connections.all()  # of this thread; nothing connects here
        for wrapper in wrappers:
            if isinstance(wrapper, Capped):
                wrapper.in_lane = True
        with self._lock:
            self._wrappers += wrappers

    def _work(self, unit: Unit[R]) -> R:
        began = unit.began = time.monotonic()
        self._count_start(unit)
        log.debug("db_semaphore_acquired", unit=unit.name, wait_seconds=began - unit.asked_at)
        try:
            with self._watch.watching(unit):
                return unit.perform()
        finally:
            held = time.monotonic() - began
            log.debug("db_semaphore_released", unit=unit.name, held_seconds=held)
            metrics.PERMIT_WAIT_SECONDS.observe(began - unit.asked_at)
            metrics.UNIT_SECONDS.observe(held)
            self._count_end(unit)

    def _count_start(self, unit: Unit[Any]) -> None:
        with self._lock:
            self._started += 1
            self._running.add(unit)
            self._peak_running = max(self._peak_running, len(self._running))
        lane_gauges.publish_lanes()

    def _count_end(self, unit: Unit[Any]) -> None:
        with self._lock:
            self._finished += 1
            self._running.discard(unit)
            self._submitted -= 1
            self._retried += unit.retried
        lane_gauges.publish_lanes()
        self._tell_if_idle()

    def _interrupt(self, unit: Held) -> None:
        if unit.interrupt():
            with self._lock:
                self._orphaned += 1
        lane_gauges.publish_lanes()

    def _tell_if_idle(self) -> None:
        with self._lock:
            idle = self._asking + self._submitted == 0
            callbacks = list(self._idle_callbacks) if idle else []
        for callback in callbacks:
            callback()
