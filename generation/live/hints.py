"""Telling browsers to look again. A hint may get lost: the rows are the truth."""

from __future__ import annotations

import uuid

import structlog
from channels.layers import get_channel_layer
from channels_redis.core import RedisChannelLayer
from redis.exceptions import RedisError

from generation.awaiting.draining import heed_cancellation

log = structlog.get_logger(__name__)


def group_of(run_id: uuid.UUID) -> str:
    """The channel group of everybody who watches a run."""
    return f"run.{run_id}"


async def send_hint(run_id: uuid.UUID, seq: int) -> None:
    """Say that a run's history reaches `seq`. Without a channel layer, or Redis, nobody hears."""
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        await layer.group_send(group_of(run_id), {"type": "run.hint", "seq": seq})
        heed_cancellation()
    except (OSError, RedisError) as error:
        heed_cancellation()
        log.warning("hint_not_sent", run=str(run_id), error=str(error))


async def close_channel_layer() -> None:
    """Give back the connections that belong to the event loop that is about to end."""
    layer = get_channel_layer()
    if isinstance(layer, RedisChannelLayer):
        await layer.close_pools()
