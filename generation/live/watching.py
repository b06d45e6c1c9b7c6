"""Who has a concept open whose tutorial is being written: a mark in Redis, that ends by itself.

A page's socket holds it like a place (`accounts/limits/sockets.py`): leased, renewed by its web
process, given back when it closes. Whoever writes looks whether there is one.
"""

from __future__ import annotations

import uuid
from typing import Any

from channels.layers import get_channel_layer
from channels_redis.core import RedisChannelLayer

from accounts.limits.windows import Window

MARK_SECONDS = 30
# Of one concept; others who come see its states.
MOST_WATCHERS = 1_000
# A list's members whose lease has not ended, by the clock of Redis itself.
_WHO = """
local now = redis.call('TIME')
return redis.call('ZRANGEBYSCORE', KEYS[1], now[1] * 1000 + math.floor(now[2] / 1000), '+inf')
"""


def watch_window(run_id: uuid.UUID, concept_id: int) -> Window:
    """What a socket takes a place in while its page is open."""
    return Window(f"cairn:watching:{run_id}:{concept_id}", MOST_WATCHERS, MARK_SECONDS)


async def list_watchers(run_id: uuid.UUID, concept_id: int) -> frozenset[bytes]:
    """Their marks' names; nobody, where no Redis is shared. Raises what Redis raises."""
    layer = get_channel_layer()
    if not isinstance(layer, RedisChannelLayer):
        return frozenset()
    redis: Any = layer.connection(0)
    return frozenset(await redis.eval(_WHO, 1, watch_window(run_id, concept_id).key))
