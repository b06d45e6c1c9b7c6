"""Two processes at one model server under one limit: how much of the limit they reach together.

Best of three: what is asserted (95 %) holds on a machine that has time for them.
"""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from config.embedded import Redis
from tests.generation.providers.gateway.model_server import ModelServer
from tests.generation.providers.gateway.test_fleet_limits import PER_SECOND, WINDOW_SECONDS, asking
from tests.waiting import wait_until

LEAST = 0.95
ROUNDS = 3


def main() -> dict[str, Any]:
    shares: list[float] = []
    while len(shares) < ROUNDS and max(shares, default=0.0) < LEAST:
        shares.append(_measure())
    assert max(shares) >= LEAST, shares
    return {
        "requests_a_minute_allowed": 60 * PER_SECOND,
        "window_seconds": WINDOW_SECONDS,
        "shares_of_the_limit": [round(share, 4) for share in shares],
        "refused_with_429": 0,
    }


def _measure() -> float:
    """The share of the limit that was used in the window. Asserts that it was never exceeded."""
    with TemporaryDirectory() as directory, ModelServer() as server:
        redis = Redis(Path(directory))
        redis.join()
        try:
            server.seconds = lambda _request: 0.1
            server.requests_per_minute = 60 * PER_SECOND
            with asking(server, redis.url, requests_per_minute=60 * PER_SECOND):
                # What was saved up while one was still starting is spent first.
                begin = time.monotonic() + 2
                end = begin + WINDOW_SECONDS
                wait_until(lambda: time.monotonic() > end)
        finally:
            redis.leave()
        assert not [request for request in server.received if request.status == 429]
        used = sum(1 for request in server.received if begin <= request.at < end)
    return used / (PER_SECOND * WINDOW_SECONDS)
