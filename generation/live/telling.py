"""Handing on what a call in flight says: the newest text, at a pace that readers can follow."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

import structlog

from generation.awaiting.draining import heed_cancellation, settle
from generation.log_events import brief_error

log = structlog.get_logger(__name__)

# Between two hints: four a second, at most.
PACE_SECONDS = 0.25
# Making and sending one takes at most this share of the time; what takes longer comes less often.
SHARE = 0.5
# A model may be silent for minutes in the middle of a text: as often as that, what it said is told
# again, for who came meanwhile. `tell` knows whether somebody did.
AGAIN_SECONDS = 0.5
# Nothing is tried for so long after it failed.
REST_SECONDS = 5.0

Tell = Callable[[str], Awaitable[None]]


class Telling:
    """A `Listener` that hands the text to `tell`, one at a time; who is slow gets the newest only.

    Use it around the call:

        async with Telling(tell) as telling:
            written = await provider.write(kind, brief, telling)

    Nothing that goes wrong in `tell` reaches the call, which is paid for: after a failure the next
    text is told all the same. While nothing new is said the last is told `again`. What was not told
    yet when the call ends is left out, for what is stored then says it all.
    """

    def __init__(
        self,
        tell: Tell,
        *,
        pace: float = PACE_SECONDS,
        rest: float = REST_SECONDS,
        again: float = AGAIN_SECONDS,
    ) -> None:
        self._tell, self._pace, self._rest, self._again = tell, pace, rest, again
        self._newest: str | None = None
        self._heard = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def said(self, text: str) -> None:
        self._newest = text
        self._heard.set()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._go_on(), name="tell what is being said")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._task is not None, "entered"
        self._task.cancel()
        await settle(self._task)

    async def _go_on(self) -> None:
        while True:
            await self._wait_for_more()
            began = time.monotonic()
            await self._tell_newest()
            await asyncio.sleep(pause_after(time.monotonic() - began, pace=self._pace))

    async def _wait_for_more(self) -> None:
        """No longer than `again`, once something was said."""
        with suppress(TimeoutError):
            async with asyncio.timeout(None if self._newest is None else self._again):
                await self._heard.wait()
        self._heard.clear()

    async def _tell_newest(self) -> None:
        if self._newest is None:
            return
        try:
            await self._tell(self._newest)
        except Exception as error:  # noqa: BLE001 - readers may miss words, the call must not end
            heed_cancellation()
            log.warning("words_not_told", error=brief_error(error))
            await asyncio.sleep(self._rest)
        heed_cancellation()


def pause_after(took: float, *, pace: float = PACE_SECONDS) -> float:
    """Seconds to wait after a hint that took so many to make and send."""
    return max(pace, took / SHARE) - took
