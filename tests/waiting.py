"""Waiting for a condition instead of sleeping and hoping."""

import asyncio
import time
from collections.abc import Callable


def wait_until(
    condition: Callable[[], object], *, seconds: float = 100.0, every: float = 0.01
) -> None:
    """Look `every` so many seconds until `condition` holds; fail after `seconds`."""
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, "it never happened"
        time.sleep(every)


async def until(condition: Callable[[], object], *, seconds: float = 100.0) -> None:
    """`wait_until`, while the loop goes on."""
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, "it never happened"
        await asyncio.sleep(0.01)
