"""Telling browsers to look again. A hint may get lost: the rows are the truth."""

from __future__ import annotations

import uuid
from collections.abc import Collection

import structlog
from channels.layers import get_channel_layer
from channels_redis.core import RedisChannelLayer
from redis.exceptions import RedisError

from generation.awaiting.draining import heed_cancellation

log = structlog.get_logger(__name__)


def group_of(run_id: uuid.UUID) -> str:
    """The channel group of everybody who watches a run."""
    return f"run.{run_id}"


def group_of_words(run_id: uuid.UUID, concept_id: int) -> str:
    """Of everybody who has a concept open while it is being written."""
    return f"words.{run_id}.{concept_id}"


def group_of_plan(run_id: uuid.UUID) -> str:
    """Of everybody who has a run or its roadmap open while there is no plan."""
    return f"plan.{run_id}"


async def send_text(group: str, text: str) -> None:
    """`text` is for browsers, as it stands, and bounded. Raises what Redis raises."""
    layer = get_channel_layer()
    if layer is not None:
        await layer.group_send(group, {"type": "run.words", "text": text})
        heed_cancellation()


async def send_hint(run_id: uuid.UUID, seq: int, concepts: Collection[int] = ()) -> None:
    """Say that a run's history reaches `seq`, and which `concepts` it is about (none: all). Without
    a channel layer, or Redis, nobody hears."""
    layer = get_channel_layer()
    if layer is None:
        return
    message = {"type": "run.hint", "seq": seq, "concepts": sorted(concepts)}
    try:
        await layer.group_send(group_of(run_id), message)
        heed_cancellation()
    except (OSError, RedisError) as error:
        heed_cancellation()
        log.warning("hint_not_sent", run=str(run_id), error=str(error))


async def close_channel_layer() -> None:
    """Give back the connections that belong to the event loop that is about to end."""
    layer = get_channel_layer()
    if isinstance(layer, RedisChannelLayer):
        await layer.close_pools()
