"""Waiting for a condition instead of sleeping and hoping."""

import asyncio
import os
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

# Long enough for a machine that has much else to do. What puts defects into the tree says less:
# there it is waited for what never happens.
PATIENCE_SECONDS = float(os.environ.get("TEST_PATIENCE_SECONDS", "100"))


def wait_until(
    condition: Callable[[], object], *, seconds: float = PATIENCE_SECONDS, every: float = 0.01
) -> None:
    """Look `every` so many seconds until `condition` holds; fail after `seconds`."""
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, "it never happened"
        time.sleep(every)


async def until(condition: Callable[[], object], *, seconds: float = PATIENCE_SECONDS) -> None:
    """`wait_until`, while the loop goes on."""
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, "it never happened"
        await asyncio.sleep(0.01)


async def in_time(work: Coroutine[Any, Any, T], *, seconds: float = PATIENCE_SECONDS) -> T:
    """What comes of it; fail after `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError:
        raise AssertionError("it never ended") from None
