"""Short notes that all processes share for a while; each process alone while Redis is silent."""

from __future__ import annotations

import functools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts.limits.windows import MOST_LOCAL_WINDOWS, REDIS_SECONDS, REST_SECONDS

log = structlog.get_logger(__name__)


@functools.cache
def notes() -> Notes:
    """Those of this process; shared where LIMITS_REDIS_URL is set."""
    return Notes(settings.LIMITS_REDIS_URL)


@dataclass
class Notes:
    """Who writes a note first has written it: a second one is not taken, and told the first."""

    redis_url: str | None
    clock: Callable[[], float] = time.monotonic
    _redis: redis.Redis | None = field(init=False, default=None)
    _rest_until: float = field(init=False, default=0.0)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)
    # By key: the note, and until when it is kept.
    _mine: OrderedDict[str, tuple[str, float]] = field(init=False, default_factory=OrderedDict)

    def __post_init__(self) -> None:
        if self.redis_url:
            self._redis = redis.Redis.from_url(
                self.redis_url,
                socket_timeout=REDIS_SECONDS,
                socket_connect_timeout=REDIS_SECONDS,
                retry=Retry(NoBackoff(), 0),
                decode_responses=True,
            )

    def find(self, key: str) -> str | None:
        return self._ask("get", key) or self._find_mine(key)

    def keep(self, key: str, note: str, *, seconds: int) -> str:
        """What is noted under the key from now on: this, or what stood there before."""
        with self._lock:
            mine = self._find_mine(key)
            if mine is None:
                self._mine[key] = (note, self.clock() + seconds)
                if len(self._mine) > MOST_LOCAL_WINDOWS:
                    self._mine.popitem(last=False)
        if self._ask("set", key, note, nx=True, ex=seconds):
            return note
        return self._ask("get", key) or mine or note

    def forget(self, key: str) -> None:
        self._mine.pop(key, None)
        self._ask("delete", key)

    def close(self) -> None:
        if self._redis is not None:
            self._redis.close()

    def _find_mine(self, key: str) -> str | None:
        note, until = self._mine.get(key, ("", 0.0))
        return note if until > self.clock() else None

    def _ask(self, command: str, *values: str, **options: Any) -> Any:
        """None: nothing is there, or nobody answers."""
        if self._redis is None or self.clock() < self._rest_until:
            return None
        try:
            return getattr(self._redis, command)(*values, **options)
        except (redis.RedisError, OSError) as error:
            self._rest_until = self.clock() + REST_SECONDS
            log.warning("limits_local", error=type(error).__name__, seconds=REST_SECONDS)
            return None
