from __future__ import annotations

import asyncio

import pytest

from generation.awaiting.draining import finish


class Work:
    """Work that begins, waits until it is let go, and says that it is done (or fails)."""

    def __init__(self, *, failure: Exception | None = None) -> None:
        self.failure = failure
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.is_done = False

    async def do(self) -> str:
        self.begun.set()
        await self.may_end.wait()
        if self.failure:
            raise self.failure
        self.is_done = True
        return "done"


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
    work = Work(failure=OSError("the disk is full"))
    work.may_end.set()
    with pytest.raises(OSError, match="the disk is full"):
        await finish(work.do(), seconds=60)


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


async def test_a_failure_behind_a_cancellation_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    work = Work(failure=OSError("the disk is full"))
    waiting = asyncio.create_task(finish(work.do(), seconds=60))
    await work.begun.wait()
    waiting.cancel()
    work.may_end.set()
    await asyncio.wait({waiting})
    assert waiting.cancelled()
    assert "the disk is full" in caplog.text


async def test_when_time_is_up_the_work_is_cancelled() -> None:
    work = Work()
    task = asyncio.create_task(work.do(), name="save batches")
    await work.begun.wait()
    with pytest.raises(TimeoutError, match=r"save batches did not finish within 0\.01 s"):
        await finish(task, seconds=0.01)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not work.is_done


async def test_a_cancellation_does_not_extend_the_time() -> None:
    work = Work()
    waiting = asyncio.create_task(finish(work.do(), seconds=0.01))
    await work.begun.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not work.is_done


async def test_work_that_cancels_itself_is_cancelled() -> None:
    work = Work()
    task = asyncio.create_task(work.do())
    await work.begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await finish(task, seconds=60)
