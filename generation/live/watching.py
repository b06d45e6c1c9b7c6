"""Who has a page open of which something is being written: a mark in Redis, that ends by itself.

A page's socket holds it like a place (`accounts/limits/sockets.py`): leased, renewed by its web
process, given back when it closes. Whoever writes looks whether there is one.
"""

from __future__ import annotations

import time
import uuid
from typing import Any

from channels.layers import get_channel_layer
from channels_redis.core import RedisChannelLayer

from accounts.limits.windows import Window

MARK_SECONDS = 30
# How often Redis is asked who reads along.
LOOK_SECONDS = 0.5
# Of one concept, or one plan; others who come see its states.
MOST_WATCHERS = 1_000
# A list's members whose lease has not ended, by the clock of Redis itself.
_WHO = """
local now = redis.call('TIME')
return redis.call('ZRANGEBYSCORE', KEYS[1], now[1] * 1000 + math.floor(now[2] / 1000), '+inf')
"""


def watch_window(run_id: uuid.UUID, concept_id: int) -> Window:
    """What a socket takes a place in while its page is open."""
    return Window(f"cairn:watching:{run_id}:{concept_id}", MOST_WATCHERS, MARK_SECONDS)


def plan_window(run_id: uuid.UUID) -> Window:
    """The same for a page that has no plan to show yet."""
    return Window(f"cairn:watching:{run_id}:plan", MOST_WATCHERS, MARK_SECONDS)


class Watchers:
    """Of one window, as they are seen now and then. True while there is somebody."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._seen: frozenset[bytes] = frozenset()
        self._looked_at = float("-inf")

    def __bool__(self) -> bool:
        return bool(self._seen)

    async def look(self) -> bool:
        """Whether somebody has come who has heard nothing yet. Raises what Redis raises."""
        if time.monotonic() < self._looked_at + LOOK_SECONDS:
            return False
        self._looked_at = time.monotonic()
        before, self._seen = self._seen, await list_watchers(self._window)
        return bool(self._seen - before)


async def list_watchers(window: Window) -> frozenset[bytes]:
    """Their marks' names; nobody, where no Redis is shared. Raises what Redis raises."""
    layer = get_channel_layer()
    if not isinstance(layer, RedisChannelLayer):
        return frozenset()
    redis: Any = layer.connection(0)
    return frozenset(await redis.eval(_WHO, 1, window.key))
