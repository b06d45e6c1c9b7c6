"""Places for what stays open: leased, so that those of a process that died come free."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
import weakref
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import redis.asyncio
import structlog
from django.conf import settings
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from accounts.limits.windows import REDIS_SECONDS, REST_SECONDS, Window

log = structlog.get_logger(__name__)

# KEYS: sorted sets of those that are open, by when their lease ends. ARGV: who comes, for how many
# milliseconds, and how many each of the sets may hold.
TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
for index, key in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  if redis.call('ZCARD', key) >= tonumber(ARGV[2 + index]) then return 0 end
end
for _, key in ipairs(KEYS) do
  redis.call('ZADD', key, now + ARGV[2], ARGV[1])
  redis.call('PEXPIRE', key, ARGV[2])
end
return 1
"""
# A Redis that was emptied meanwhile is told anew who is here.
RENEW = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
for _, key in ipairs(KEYS) do
  redis.call('ZADD', key, now + ARGV[2], ARGV[1])
  redis.call('PEXPIRE', key, ARGV[2])
end
"""
LEAVE = "for _, key in ipairs(KEYS) do redis.call('ZREM', key, ARGV[1]) end"


# A crowd that came at once would open a connection each, until Redis seemed not to answer.
AT_ONCE = 4


@dataclass
class OpenPlaces:
    """Of one event loop. The seconds of a window are those of a lease.

    While Redis does not answer, only the places of this process are counted.
    """

    redis_url: str | None
    _redis: redis.asyncio.Redis | None = field(init=False, default=None)
    _rest_until: float = field(init=False, default=0.0)
    _mine: dict[str, Sequence[Window]] = field(init=False, default_factory=dict)
    _counts: Counter[str] = field(init=False, default_factory=Counter)
    _renewing: asyncio.Task[None] | None = field(init=False, default=None)
    _turns: asyncio.Semaphore = field(
        init=False, default_factory=lambda: asyncio.Semaphore(AT_ONCE)
    )

    def __post_init__(self) -> None:
        if self.redis_url:
            self._redis = redis.asyncio.Redis.from_url(
                self.redis_url,
                socket_timeout=REDIS_SECONDS,
                socket_connect_timeout=REDIS_SECONDS,
                retry=Retry(NoBackoff(), 0),
            )

    async def take(self, windows: Sequence[Window]) -> str | None:
        """A place in each of the windows, to be given back by this name; None: one is full."""
        name = uuid.uuid4().hex
        # Counted before anybody is asked, so that those who come meanwhile are counted, too.
        self._note(name, windows)
        try:
            is_free = await self._ask(TAKE, name, *(window.most for window in windows))
            if is_free is None:
                is_free = all(self._counts[one.key] <= one.most for one in windows)
        except BaseException:
            self._forget(name)
            raise
        if not is_free:
            self._forget(name)
            return None
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._renew())
        return name

    async def give_back(self, name: str) -> None:
        try:
            await self._ask(LEAVE, name)
        finally:
            self._forget(name)
            if not self._mine and self._renewing is not None:
                self._renewing.cancel()
                self._renewing = None

    async def close(self) -> None:
        """Leases that are still held run out."""
        if self._renewing is not None:
            self._renewing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._renewing
        if self._redis is not None:
            await self._redis.aclose()

    async def renew(self) -> None:
        for name in list(self._mine):
            if name in self._mine:
                await self._ask(RENEW, name)

    async def _renew(self) -> None:
        while self._mine:
            await asyncio.sleep(
                min(one.seconds for held in self._mine.values() for one in held) / 3
            )
            await self.renew()

    async def _ask(self, script: str, name: str, *most: int) -> bool | None:
        """None: Redis does not answer."""
        windows = self._mine[name]
        keys, lease = [window.key for window in windows], windows[0].seconds * 1_000
        async with self._turns:
            if self._redis is None or time.monotonic() < self._rest_until:
                return None
            try:
                return bool(await self._redis.eval(script, len(keys), *keys, name, lease, *most))
            except (RedisError, OSError) as error:
                self._rest_until = time.monotonic() + REST_SECONDS
                log.warning("limits_local", error=type(error).__name__, seconds=REST_SECONDS)
                return None

    def _note(self, name: str, windows: Sequence[Window]) -> None:
        self._mine[name] = windows
        self._counts.update(window.key for window in windows)

    def _forget(self, name: str) -> None:
        for window in self._mine.pop(name, ()):
            self._counts[window.key] -= 1
            if not self._counts[window.key]:
                del self._counts[window.key]


_of_loops: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, OpenPlaces] = (
    weakref.WeakKeyDictionary()
)


def open_places() -> OpenPlaces:
    """Those of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _of_loops:
        _of_loops[loop] = OpenPlaces(settings.LIMITS_REDIS_URL)
    return _of_loops[loop]


async def close_open_places() -> None:
    """Before the loop ends."""
    places = _of_loops.pop(asyncio.get_running_loop(), None)
    if places is not None:
        await places.close()
