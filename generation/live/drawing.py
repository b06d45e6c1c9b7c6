"""A plan while its first half is being written, to the pages that wait for it.

Titles alone, as text, and whole lines of them. Nothing is checked and nothing stored: what the rows
say takes the place of this, be it the same or not.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator

from generation.awaiting.apart import apart
from generation.live.hints import group_of_plan, send_text
from generation.live.watching import Watchers, plan_window
from generation.port.skeleton import SkeletonStage
from generation.port.skeleton_reading import PLAN, Parsed

# Of one message: what goes beyond it is seen when the plan is stored.
MOST_BYTES = 48_000
# What a line takes beside its title.
_AROUND = 8
STAGE, MODULE, CONCEPT = range(3)

Line = tuple[int, str]


class Drawing:
    """Of one call. `read`: what of all that was said is a plan so far."""

    def __init__(self, run_id: uuid.UUID, read: Callable[[str], Parsed]) -> None:
        self._group, self._read = group_of_plan(run_id), read
        self._watchers = Watchers(plan_window(run_id))
        self._said, self._told = "", ""

    async def tell(self, said: str) -> None:
        """Nothing is read, and nothing sent, while nobody watches."""
        are_new = await self._watchers.look()
        if not self._watchers or (said == self._said and not are_new):
            return
        message = await apart(self._draw, said)
        if message and (message != self._told or are_new):
            await send_text(self._group, message)
            self._told = message
        self._said = said

    def _draw(self, said: str) -> str:
        return describe_drawing(self._read(said))


def describe_drawing(parsed: Parsed) -> str:
    """The message for browsers: `{"plan": {"language", "lines"}}`, of each line how deep it lies
    and its title; empty while there is nothing to show."""
    if parsed.verdict != PLAN or not parsed.stages:
        return ""
    lines = list(_bounded(_lines(parsed.stages)))
    plan = {"language": parsed.language, "lines": lines}
    return json.dumps({"plan": plan}, ensure_ascii=False)


def _lines(stages: list[SkeletonStage]) -> Iterator[Line]:
    for stage in stages:
        yield STAGE, stage.title
        for module in stage.modules:
            yield MODULE, module.title
            yield from ((CONCEPT, concept.title) for concept in module.concepts)


def _bounded(lines: Iterator[Line]) -> Iterator[Line]:
    room = MOST_BYTES
    for depth, title in lines:
        room -= len(json.dumps(title, ensure_ascii=False).encode("utf-8", "replace")) + _AROUND
        if room < 0:
            return
        yield depth, title
