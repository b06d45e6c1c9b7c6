"""Counting within windows of time: several at once, all or none, and places given back."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger(__name__)

# What Redis may take to answer, and how long it is left alone when it did not.
REDIS_SECONDS = 1.0
REST_SECONDS = 5.0
# Windows a process remembers while it counts alone; beyond, those that nobody asked for longest go.
MOST_LOCAL_WINDOWS = 10_000


@dataclass(frozen=True)
class Window:
    """`most` places for `seconds` from the first that is taken; 0: none at all."""

    key: str
    most: int
    seconds: int


class Full(Exception):
    """One of the windows has no place; `seconds` until it has."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no place for {seconds:.1f} seconds")
        self.seconds = seconds


class Counter(Protocol):
    def take(self, windows: Sequence[Window]) -> float:
        """Seconds to wait; 0: a place in each is taken."""

    def give_back(self, windows: Sequence[Window]) -> None: ...


@dataclass
class Places:
    """What was taken; `give_back` undoes it, once. A block that fails gives it back, too."""

    _counter: Counter
    _windows: Sequence[Window]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.give_back()

    def give_back(self) -> None:
        """A place that cannot be given back just now is lost until its window ends."""
        windows, self._windows = self._windows, ()
        try:
            self._counter.give_back(windows)
        except (redis.RedisError, OSError) as error:
            log.warning("limits_not_given_back", error=type(error).__name__)


@dataclass
class LocalCounter:
    """In one process; bounded in memory, and safe in threads."""

    clock: Callable[[], float] = time.monotonic
    most_windows: int = MOST_LOCAL_WINDOWS
    _lock: threading.Lock = field(default_factory=threading.Lock)
    # By key: places taken, and when the window ends.
    _windows: OrderedDict[str, tuple[int, float]] = field(default_factory=OrderedDict)

    def take(self, windows: Sequence[Window]) -> float:
        with self._lock:
            now = self.clock()
            taken = [self._look(window, now) for window in windows]
            waits = [
                end - now
                for window, (places, end) in zip(windows, taken, strict=True)
                if places >= window.most
            ]
            if waits:
                return max(waits)
            for window, (places, end) in zip(windows, taken, strict=True):
                self._windows[window.key] = (places + 1, end)
                self._windows.move_to_end(window.key)
            self._forget(now)
            return 0.0

    def give_back(self, windows: Sequence[Window]) -> None:
        with self._lock:
            for window in windows:
                places, end = self._look(window, self.clock())
                if places:
                    self._windows[window.key] = (places - 1, end)

    def __len__(self) -> int:
        return len(self._windows)

    def _look(self, window: Window, now: float) -> tuple[int, float]:
        places, end = self._windows.get(window.key, (0, 0.0))
        return (places, end) if end > now else (0, now + window.seconds)

    def _forget(self, now: float) -> None:
        if len(self._windows) <= self.most_windows:
            return
        for key in [key for key, (_, end) in self._windows.items() if end <= now]:
            del self._windows[key]
        while len(self._windows) > self.most_windows:
            self._windows.popitem(last=False)


# KEYS: the windows. ARGV: for each what it holds and its milliseconds. Answers milliseconds to
# wait; a window that holds nothing at all is never begun, so its whole length is waited for.
TAKE = """
local wait = 0
for index, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[2 * index - 1]) then
    local left = redis.call('PTTL', key)
    if left < 0 then left = tonumber(ARGV[2 * index]) end
    wait = math.max(wait, left, 1)
  end
end
if wait > 0 then return wait end
for index, key in ipairs(KEYS) do
  if redis.call('INCR', key) == 1 then redis.call('PEXPIRE', key, ARGV[2 * index]) end
end
return 0
"""
# Of a window that has ended meanwhile there is nothing to give back.
GIVE_BACK = """
for _, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
end
"""


class SharedCounter:
    """In Redis. Raises what Redis raises."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(
            url,
            socket_timeout=REDIS_SECONDS,
            socket_connect_timeout=REDIS_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )

    def take(self, windows: Sequence[Window]) -> float:
        numbers = [number for one in windows for number in (one.most, one.seconds * 1_000)]
        wait: Any = self._redis.eval(TAKE, len(windows), *_keys(windows), *numbers)
        return int(wait) / 1_000

    def give_back(self, windows: Sequence[Window]) -> None:
        if windows:
            self._redis.eval(GIVE_BACK, len(windows), *_keys(windows))

    def close(self) -> None:
        self._redis.close()


def _keys(windows: Sequence[Window]) -> list[str]:
    return [window.key for window in windows]


class Windows:
    """The windows of all processes; of this one while Redis does not answer."""

    def __init__(
        self, redis_url: str | None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.alone = LocalCounter(clock)
        self._shared = SharedCounter(redis_url) if redis_url else None
        self._clock = clock
        self._rest_until = 0.0

    def take(self, *windows: Window) -> Places:
        """A place in each of the windows, or in none. Raises Full."""
        counter: Counter = self.alone
        wait = self._take_shared(windows)
        if wait is None:
            wait = self.alone.take(windows)
        elif self._shared is not None:
            counter = self._shared
        if wait:
            raise Full(wait)
        return Places(counter, windows)

    def close(self) -> None:
        if self._shared is not None:
            self._shared.close()

    def _take_shared(self, windows: Sequence[Window]) -> float | None:
        if self._shared is None or self._clock() < self._rest_until:
            return None
        try:
            return self._shared.take(windows)
        except (redis.RedisError, OSError) as error:
            self._rest_until = self._clock() + REST_SECONDS
            log.warning("limits_local", error=type(error).__name__, seconds=REST_SECONDS)
            return None
