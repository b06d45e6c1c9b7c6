"""Who hears what is being written: the pages that have its concept, or its run, open."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

from concepts.content import ArtifactKind
from generation.live.drawing import Drawing
from generation.live.telling import Telling
from generation.live.words import Words
from generation.port.listening import NOBODY, Listener
from generation.providers.openai.plan_judging import growing_skeleton
from generation.providers.openai.unwrapping import growing_tutorial
from generation.runs.work import Work

Aloud = Callable[[Work], AbstractAsyncContextManager[Listener]]


@asynccontextmanager
async def read_aloud(run_id: uuid.UUID, work: Work) -> AsyncIterator[Listener]:
    """Of a tutorial, for the length of one call; the other kinds are no texts."""
    if work.kind is not ArtifactKind.TUTORIAL:
        yield NOBODY
        return
    words = Words(run_id, work.concept_id, partial(growing_tutorial, title=work.brief.title))
    async with Telling(words.tell) as telling:
        yield telling


@asynccontextmanager
async def in_silence(_work: Work) -> AsyncIterator[Listener]:
    """What is written anew: until it is stored, the old version is read."""
    yield NOBODY


@asynccontextmanager
async def draw_aloud(run_id: uuid.UUID) -> AsyncIterator[Listener]:
    """Of a plan's skeleton, for as long as it is asked for."""
    async with Telling(Drawing(run_id, growing_skeleton).tell) as telling:
        yield telling
