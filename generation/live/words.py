"""The words of a tutorial while it is being written, to the pages that have it open.

They are rendered here, where it is written: once for all who read along, in a thread, so that a web
process hands on bytes and does nothing else. Nothing is stored: who comes later is told all of it
again, from what this call keeps.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator

from concepts.markdown.growing import GrowingText, Growth
from generation.awaiting.apart import apart
from generation.live.hints import group_of_words, send_text
from generation.live.watching import Watchers, watch_window

# Of one message, and of one block or tail: a larger one is seen when the text is stored.
MOST_BYTES = 48_000


class Words:
    """Of one call. `read`: what of all that was said is the tutorial so far."""

    def __init__(self, run_id: uuid.UUID, concept_id: int, read: Callable[[str], str]) -> None:
        self._group, self._read = group_of_words(run_id, concept_id), read
        self._watchers = Watchers(watch_window(run_id, concept_id))
        self._text = GrowingText()
        self._begin_text()
        self._said = ""
        self._told: tuple[str, int, str] | None = None

    def _begin_text(self) -> None:
        self._name = uuid.uuid4().hex[:12]
        self._blocks: list[str] = []

    async def tell(self, said: str) -> None:
        """Nothing is rendered, and nothing sent, while nobody reads along."""
        are_new = await self._watchers.look()
        if not self._watchers or (said == self._said and not are_new):
            return
        growth = await apart(self._grow, said)
        if growth is not None:
            await self._send(growth, are_new)
        self._said = said

    async def _send(self, growth: Growth, are_new: bool) -> None:
        if growth.is_anew:
            self._begin_text()
        first = 0 if are_new else len(self._blocks)
        self._blocks += map(_bounded, growth.blocks)
        now = (self._name, len(self._blocks), growth.tail)
        if now != self._told or are_new:
            for message in _messages(self._name, self._blocks, first, _bounded(growth.tail)):
                await send_text(self._group, message)
        self._told = now

    def _grow(self, said: str) -> Growth | None:
        markdown = self._read(said)
        return self._text.grow(markdown) if markdown else None


def _bounded(html: str) -> str:
    return html if len(html.encode("utf-8", "replace")) <= MOST_BYTES else ""


def _messages(name: str, blocks: list[str], first: int, tail: str) -> Iterator[str]:
    """In parts, where it is much; the tail comes with the last one."""
    part: list[str] = []
    size = 0
    for block in blocks[first:]:
        length = len(block.encode("utf-8", "replace"))
        if part and size + length > MOST_BYTES:
            yield _message(name, first, part, "")
            first, part, size = first + len(part), [], 0
        part.append(block)
        size += length
    yield _message(name, first, part, tail)


def _message(name: str, first: int, blocks: list[str], tail: str) -> str:
    words = {"text": name, "first": first, "blocks": blocks, "tail": tail}
    return json.dumps({"words": words}, ensure_ascii=False)
