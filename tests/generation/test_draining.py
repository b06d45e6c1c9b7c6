from __future__ import annotations

import asyncio
from typing import NoReturn

import pytest

from generation.draining import finish


class Work:
    """Work that begins, waits until it is let go, and says that it is done."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.is_done = False

    async def do(self) -> str:
        self.begun.set()
        await self.may_end.wait()
        self.is_done = True
        return "done"


async def fail() -> NoReturn:
    raise OSError("the disk is full")


async def cancel(waiting: asyncio.Task[str]) -> None:
    """Cancel, and let the cancellation arrive."""
    waiting.cancel()
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def test_a_result_passes_through() -> None:
    work = Work()
    work.may_end.set()
    assert await finish(work.do(), seconds=60) == "done"


async def test_a_failure_passes_through() -> None:
    with pytest.raises(OSError, match="the disk is full"):
        await finish(fail(), seconds=60)


async def test_a_task_under_way_is_finished_too() -> None:
    work = Work()
    task = asyncio.create_task(work.do())
    await work.begun.wait()
    work.may_end.set()
    assert await finish(task, seconds=60) == "done"


async def test_work_that_is_done_is_not_too_late() -> None:
    work = Work()
    work.may_end.set()
    task = asyncio.create_task(work.do())
    await task
    assert await finish(task, seconds=0) == "done"


@pytest.mark.parametrize("times", [1, 2, 5])
async def test_however_often_cancelled_work_is_finished_first(times: int) -> None:
    work = Work()
    waiting = asyncio.create_task(finish(work.do(), seconds=60))
    await work.begun.wait()
    for _ in range(times):
        await cancel(waiting)
    assert not waiting.done()
    work.may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert work.is_done


async def test_a_cancellation_says_more_than_a_failure() -> None:
    begun, may_fail = asyncio.Event(), asyncio.Event()

    async def fail_late() -> NoReturn:
        begun.set()
        await may_fail.wait()
        raise OSError("the disk is full")

    waiting = asyncio.create_task(finish(fail_late(), seconds=60))
    await begun.wait()
    waiting.cancel()
    may_fail.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_when_time_is_up_the_work_is_cancelled() -> None:
    work = Work()
    task = asyncio.create_task(work.do(), name="save batches")
    with pytest.raises(TimeoutError, match=r"save batches did not finish within 0\.01 s"):
        await finish(task, seconds=0.01)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (work.begun.is_set(), work.is_done) == (True, False)


async def test_a_cancellation_does_not_extend_the_time() -> None:
    work = Work()
    waiting = asyncio.create_task(finish(work.do(), seconds=0.01))
    await work.begun.wait()
    waiting.cancel()
    with pytest.raises(TimeoutError):
        await waiting
    assert not work.is_done


async def test_work_that_cancels_itself_is_cancelled() -> None:
    work = Work()
    task = asyncio.create_task(work.do())
    await work.begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await finish(task, seconds=60)
