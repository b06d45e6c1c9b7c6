"""Telling whoever listens what a stream has said so far."""

from __future__ import annotations

from collections.abc import AsyncIterable

from pydantic_ai.messages import (
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
)

from generation.port.listening import Listener


async def tell(stream: AsyncIterable[ModelResponseStreamEvent], listener: Listener) -> None:
    """To the stream's end. What the library knows for a thought is not told."""
    said = ""
    async for event in stream:
        if words := _words_of(event):
            said += words
            listener.said(said)


def _words_of(event: ModelResponseStreamEvent) -> str:
    if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
        return event.part.content
    if isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
        return event.delta.content_delta
    return ""
