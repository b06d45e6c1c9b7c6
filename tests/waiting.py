"""Waiting for a condition instead of sleeping and hoping."""

import asyncio
import os
import time
from collections.abc import Callable

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
