"""The one bridge between asyncio and Django's ORM: permits in front, lanes behind.

The permit belongs to the lane, not to the coroutine that waits for it: cancelling an awaiter
neither stops a running transaction nor frees its connection, so it must not free its permit.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from connection_budget.forks import call_in_forked_child
from connection_budget.lanes.lanes import ExecutorStatistics, Lanes
from connection_budget.lanes.units import Unit
from connection_budget.logs import get_logger
from connection_budget.seats.returning import return_before_a_lane

R = TypeVar("R")

log = get_logger(__name__)


class DbExecutor:
    """Runs synchronous database functions on `lanes` threads, each owning its connections.

    A unit is one function: it opens its transaction inside, is idempotent, and returns plain
    data, never a lazy query set. `unit_deadline` is in seconds, from the start of the unit.

    Threads start with the first unit. A forked child begins with fresh lanes and forgets its
    parent's. One executor serves any number of event loops and threads.
    """

    def __init__(self, lanes: int, *, name: str = "db-lane", unit_deadline: float = 30.0) -> None:
        if lanes < 1:
            raise ValueError(f"lanes={lanes}: 1 or more is wanted")
        self._size = lanes
        self._name = name
        self._unit_deadline = unit_deadline
        self._start_afresh()
        call_in_forked_child(self._start_afresh)

    async def run(
        self,
        fn: Callable[..., R],
        /,
        *args: Any,
        deadline: float | None = None,
        retry: bool = True,
        **kwargs: Any,
    ) -> R:
        """Run `fn(*args, **kwargs)` in a lane, once a permit is free, and return its result.

        Cancelled while it waits, the unit never starts. Cancelled while the unit runs, only the
        caller leaves: the unit goes to its end and keeps its permit until then.

        A unit past `deadline` (seconds, default the executor's) has its statement cancelled,
        rolls back and raises `UnitTimedOut`. With `retry`, a deadlock, a serialization failure
        or a lost connection is repeated once. Raises `ExecutorClosed` after `close`.
        """
        unit = self._unit(partial(fn, *args, **kwargs), deadline, retry)
        lanes, permits = self._lanes, self._permits()
        work: Future[R] | None = None
        try:
            await return_before_a_lane()
            with lanes.asking():
                await permits.acquire()
                try:
                    work = lanes.submit(unit)
                except BaseException:
                    permits.release()
                    raise
            return await _settled_on_loop(work, unit, permits.release)
        except asyncio.CancelledError:
            running = work is not None and work.running()
            log.info("db_session_request_cancelled", unit=unit.name, runs_on=running)
            raise
        finally:
            if work is not None:
                lanes.drop(work)

    def run_sync(
        self,
        fn: Callable[..., R],
        /,
        *args: Any,
        deadline: float | None = None,
        retry: bool = True,
        **kwargs: Any,
    ) -> R:
        """`run` for callers without an event loop; blocks until the unit is over.

        Inside a unit `fn` is called in place: it joins the unit's transaction and deadline.
        """
        if self._lanes.in_lane():
            return fn(*args, **kwargs)
        _refuse_to_block_a_loop()
        work = self._lanes.submit(self._unit(partial(fn, *args, **kwargs), deadline, retry))
        try:
            return work.result()
        finally:
            self._lanes.drop(work)

    async def drain(self, timeout: float) -> bool:  # noqa: ASYNC109 - answers, does not raise
        """Wait up to `timeout` seconds until nothing runs or waits; whether that was reached.

        This is an ordinary await: in a `finally` that cancellation may reach again, the caller
        shields it, `await asyncio.shield(executor.drain(5))`.
        """
        loop = asyncio.get_running_loop()
        idle = asyncio.Event()

        def tell() -> None:
            _call_on_loop(loop, idle.set)

        with self._lanes.telling_when_idle(tell), suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await idle.wait()
        return idle.is_set()

    def statistics(self) -> ExecutorStatistics:
        """What the lanes of this process are doing now."""
        return self._lanes.statistics()

    def close(self) -> None:
        """Wait for submitted units, close the lanes' connections and end the threads.

        Safe to repeat. From a coroutine use `aclose`, which does not block the loop.
        """
        self._lanes.close()

    async def aclose(self) -> None:
        """`close` without blocking the event loop."""
        await asyncio.get_running_loop().run_in_executor(None, self.close)

    def _start_afresh(self) -> None:
        self._lanes = Lanes(self._size, self._name)
        self._permits_by_loop: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}
        self._permits_lock = threading.Lock()

    def _permits(self) -> asyncio.Semaphore:
        """The running loop's permits; those of loops that are closed are forgotten."""
        loop = asyncio.get_running_loop()
        with self._permits_lock:
            if loop not in self._permits_by_loop:
                for closed in [known for known in self._permits_by_loop if known.is_closed()]:
                    del self._permits_by_loop[closed]
                self._permits_by_loop[loop] = asyncio.Semaphore(self._size)
            return self._permits_by_loop[loop]

    def _unit(self, call: partial[R], deadline: float | None, retry: bool) -> Unit[R]:
        return Unit(
            call,
            name=getattr(call.func, "__qualname__", repr(call.func)),
            deadline=self._unit_deadline if deadline is None else deadline,
            retry=retry,
        )


def _settled_on_loop(
    work: Future[R], unit: Unit[R], release: Callable[[], object]
) -> asyncio.Future[R]:
    """A future of the running loop with `work`'s outcome; `release` is called there just before.

    Cancelling it leaves `work` alone. asyncio's own wrapper would hand the cancellation on.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[R] = loop.create_future()

    def settle() -> None:
        release()
        _copy_outcome(work, done)

    def tell(_: Future[R]) -> None:
        if done.cancelled() and not work.cancelled() and (error := work.exception()):
            # Nobody waits for this outcome any more: say it here or it is lost.
            context = unit.log_context | {"unit": unit.name}
            log.warning("db_unit_orphaned", **context, error=repr(error))
        _call_on_loop(loop, settle)

    work.add_done_callback(tell)
    return done


def _copy_outcome(work: Future[R], done: asyncio.Future[R]) -> None:
    if done.cancelled():
        return
    if work.cancelled():
        done.cancel()
    elif error := work.exception():
        done.set_exception(error)
    else:
        done.set_result(work.result())


def _call_on_loop(loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> None:
    with suppress(RuntimeError):  # the loop is closed: nobody is left there, and its permits go too
        loop.call_soon_threadsafe(callback)


def _refuse_to_block_a_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError("run_sync would block the running event loop: await run instead.")
