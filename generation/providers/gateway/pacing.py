"""How often a model server may be asked, held by all processes together through Redis.

A provider's limit is the account's, not a process's. Every call takes a *turn*: the next free
moment that keeps requests and tokens a minute within their limits. Turns are given in the order
they are asked for, so nobody starves, and nobody polls. Without Redis a process counts alone.

When the server says "too many", all turns are held until the moment it named, and then come
further apart; the distance halves every few seconds until all is as before.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import redis.asyncio
import structlog
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from generation.awaiting.draining import heed_cancellation

log = structlog.get_logger(__name__)

# Of what is allowed, so that late wake-ups and another clock never reach the limit itself.
SHARE = 0.98
# Turns nobody took within this time (seconds) may be taken at once.
BURST_SECONDS = 1.0
# After "too many": the first extra distance between two turns, the most, and its half-life.
FIRST_SLOW_SECONDS, MOST_SLOW_SECONDS, SLOW_HALF_LIFE_SECONDS = 0.05, 0.1, 5.0
# Several refusals within a second are one.
SLOWER_EVERY_SECONDS = 1.0
# A refusal stops whoever asked before it. Who asks for the first time tries for himself, for
# somebody may have acted; but not within this time, when a message on its way may start a puller.
REFUSED_SECONDS = 0.5
# What Redis may take to answer, and how long it is left alone when it did not.
REDIS_SECONDS = 1.0
REDIS_REST_SECONDS = 5.0
FORGET_SECONDS = 3_600


@dataclass(frozen=True)
class Rates:
    """What a minute may hold; None: as much as one likes."""

    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None

    @property
    def request_seconds(self) -> float:
        """Seconds between two requests."""
        return _distance(self.requests_per_minute)

    @property
    def token_seconds(self) -> float:
        return _distance(self.tokens_per_minute)


def _distance(per_minute: float | None) -> float:
    return 60.0 / (SHARE * per_minute) if per_minute else 0.0


@dataclass(frozen=True)
class Turn:
    """`wait`: seconds until it is ours. `refusal`: why nobody should ask at all, or nothing."""

    wait: float
    refusal: str = ""


@dataclass
class Bucket:
    """The arithmetic, for one process. SCRIPT is the same for a fleet."""

    rates: Rates
    clock: Callable[[], float] = time.monotonic
    requests_at: float = -math.inf
    tokens_at: float = -math.inf
    held_until: float = -math.inf
    slow: float = 0.0
    slowed_at: float = -math.inf

    def take(self, tokens: float, returned: float = 0.0) -> Turn:
        """The next turn, for a call of about so many tokens; `returned`: of a turn not used."""
        now = self.clock()
        self.settle(-returned)
        slow = self._slow(now)
        slack = 0.0 if slow else BURST_SECONDS
        floor = max(now - slack, self.held_until)
        requests_at = max(self.requests_at, floor)
        tokens_at = max(self.tokens_at, floor)
        start = max(now, requests_at, tokens_at)
        gap, cost = self.rates.request_seconds + slow, tokens * self.rates.token_seconds
        if gap:
            self.requests_at = max(requests_at, start - slack) + gap
        if cost:
            self.tokens_at = max(tokens_at, start - slack) + cost
        return Turn(start - now)

    def held(self) -> Turn:
        """How long everybody is still to wait."""
        return Turn(max(0.0, self.held_until - self.clock()))

    def hold(self, seconds: float) -> Turn:
        now = self.clock()
        self.held_until = max(self.held_until, now + seconds)
        slow = self._slow(now)
        if not slow or now - self.slowed_at >= SLOWER_EVERY_SECONDS:
            self.slow = min(max(2 * slow, FIRST_SLOW_SECONDS), MOST_SLOW_SECONDS)
            self.slowed_at = now
        return Turn(max(0.0, self.held_until - now))

    def settle(self, tokens: float) -> Turn:
        """A call took so many tokens more (or fewer) than its turn was taken for."""
        self.tokens_at += tokens * self.rates.token_seconds
        return Turn(0.0)

    def _slow(self, now: float) -> float:
        slow = self.slow * 0.5 ** ((now - self.slowed_at) / SLOW_HALF_LIFE_SECONDS)
        return slow if slow > FIRST_SLOW_SECONDS / 10 else 0.0


# KEYS: the bucket. ARGV: what to do, its number, tokens returned, seconds a request, seconds a
# token, a sentence, when the caller first asked (by the answer to that), and the time (tests only;
# else Redis's, which all processes share).
SCRIPT = f"""
local what, number, returned = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local per_request, per_token = tonumber(ARGV[4]), tonumber(ARGV[5])
local clock = redis.call('TIME')
local now = tonumber(ARGV[8]) or (tonumber(clock[1]) + tonumber(clock[2]) / 1000000)
local names = {{'requests_at', 'tokens_at', 'held_until', 'slow', 'slowed_at', 'refused_at'}}
local stored = redis.call('HMGET', KEYS[1], unpack(names))
local state = {{}}
for index, name in ipairs(names) do state[name] = tonumber(stored[index]) or 0 end
local slow = state.slow * 0.5 ^ ((now - state.slowed_at) / {SLOW_HALF_LIFE_SECONDS})
if slow <= {FIRST_SLOW_SECONDS / 10} then slow = 0 end
local wait = 0
if what == 'take' then
  state.tokens_at = state.tokens_at - returned * per_token
  local slack = {BURST_SECONDS}
  if slow > 0 then slack = 0 end
  local floor = math.max(now - slack, state.held_until)
  local requests_at = math.max(state.requests_at, floor)
  local tokens_at = math.max(state.tokens_at, floor)
  local start = math.max(now, requests_at, tokens_at)
  local gap, cost = per_request + slow, number * per_token
  if gap > 0 then state.requests_at = math.max(requests_at, start - slack) + gap end
  if cost > 0 then state.tokens_at = math.max(tokens_at, start - slack) + cost end
  wait = start - now
elseif what == 'hold' then
  state.held_until = math.max(state.held_until, now + number)
  if slow == 0 or now - state.slowed_at >= {SLOWER_EVERY_SECONDS} then
    state.slow = math.min(math.max(2 * slow, {FIRST_SLOW_SECONDS}), {MOST_SLOW_SECONDS})
    state.slowed_at = now
  end
  wait = math.max(0, state.held_until - now)
elseif what == 'held' then
  wait = math.max(0, state.held_until - now)
elseif what == 'settle' then
  state.tokens_at = state.tokens_at + number * per_token
elseif what == 'refuse' then
  state.refused_at = now
  redis.call('HSET', KEYS[1], 'refusal', ARGV[6])
end
if what ~= 'held' then
  for _, name in ipairs(names) do
    redis.call('HSET', KEYS[1], name, string.format('%.6f', state[name]))
  end
  redis.call('EXPIRE', KEYS[1], {FORGET_SECONDS})
end
local since = math.min(tonumber(ARGV[7]) or now, now - {REFUSED_SECONDS})
local refusal = ''
if state.refused_at > since then refusal = redis.call('HGET', KEYS[1], 'refusal') end
return {{string.format('%.6f', wait), refusal, string.format('%.6f', now)}}
"""


def account_key(base_url: str, api_key: str) -> str:
    """Where in Redis the limits of an account are; tells nothing of the key."""
    digest = hashlib.sha256(f"{base_url}\n{api_key}".encode()).hexdigest()
    return f"cairn:llm:{digest[:24]}"


@dataclass
class Pacer:
    """Turns of the whole fleet; of this process alone while Redis does not answer.

    Belongs to one event loop; `close` it there.
    """

    rates: Rates
    account: str
    redis_url: str | None
    clock: Callable[[], float] = time.monotonic
    _alone: Bucket = field(init=False)
    _redis: redis.asyncio.Redis | None = field(init=False, default=None)
    _rest_until: float = field(init=False, default=-math.inf)
    _is_alone: bool = field(init=False, default=False)
    # By Redis's clock.
    _first_asked: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self._alone = Bucket(self.rates, self.clock)
        if self.redis_url:
            self._redis = redis.asyncio.Redis.from_url(
                self.redis_url,
                socket_timeout=REDIS_SECONDS,
                socket_connect_timeout=REDIS_SECONDS,
                retry=Retry(NoBackoff(), 0),
                decode_responses=True,
            )

    async def take(self, tokens: float, returned: float = 0.0) -> Turn:
        turn = await self._ask("take", tokens, returned)
        return turn or self._alone.take(tokens, returned)

    async def held(self) -> Turn:
        return await self._ask("held") or self._alone.held()

    async def hold(self, seconds: float) -> Turn:
        return await self._ask("hold", seconds) or self._alone.hold(seconds)

    async def settle(self, tokens: float) -> None:
        if self.rates.tokens_per_minute and not await self._ask("settle", tokens):
            self._alone.settle(tokens)

    async def refuse(self, reason: str) -> None:
        """Spare the other processes their attempts."""
        await self._ask("refuse", sentence=reason)

    async def close(self) -> None:
        if self._redis is not None:
            await self._redis.aclose()

    async def _ask(
        self, what: str, number: float = 0.0, returned: float = 0.0, *, sentence: str = ""
    ) -> Turn | None:
        if self._redis is None or self.clock() < self._rest_until:
            return None
        rates = (self.rates.request_seconds, self.rates.token_seconds)
        try:
            wait, refusal, now = await self._redis.eval(
                SCRIPT, 1, self.account, what, number, returned, *rates, sentence,
                self._first_asked, "",
            )  # fmt: skip
        except (RedisError, OSError) as error:
            heed_cancellation()
            self._tell(alone=True, error=type(error).__name__)
            self._rest_until = self.clock() + REDIS_REST_SECONDS
            return None
        heed_cancellation()
        self._tell(alone=False)
        self._first_asked = self._first_asked or now
        return Turn(float(wait), refusal)

    def _tell(self, *, alone: bool, error: str = "") -> None:
        """Once each time it changes."""
        if alone != self._is_alone:
            log.info("llm_limits_local" if alone else "llm_limits_shared", error=error)
        self._is_alone = alone
