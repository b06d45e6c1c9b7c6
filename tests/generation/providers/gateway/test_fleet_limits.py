"""Two processes and a Redis: together they ask as often as is allowed, and not more often."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.generation.providers.gateway.model_server import ModelServer
from tests.generation.providers.gateway.received import Received
from tests.waiting import wait_until

SCRIPT = Path(__file__).with_name("asking_process.py")
ROOT = SCRIPT.parents[4]
NAMES = ("Ada", "Ben")
PER_SECOND = 20
WINDOW_SECONDS = 8

# That a refusal is shared is asked of two pacers, too, in no time: see test_limits.
pytestmark = [pytest.mark.slow, pytest.mark.wide]


@contextlib.contextmanager
def asking(
    server: ModelServer,
    redis_url: str,
    *,
    requests_per_minute: float,
    names: Sequence[str] = NAMES,
) -> Iterator[None]:
    variables = {
        "REDIS_URL": redis_url,
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), str(requests_per_minute), *names],
        stdin=subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | variables | server.environment(),
    )
    try:
        wait_until(lambda: all(count(server, f"For {name}.") for name in names))
        yield
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(100)


def count(server: ModelServer, words: str) -> int:
    return sum(1 for request in list(server.received) if words in request.text)


def test_the_fleet_reaches_its_limit_and_keeps_it(server: ModelServer, redis_url: str) -> None:
    server.seconds = lambda _request: 0.1
    server.requests_per_minute = 60 * PER_SECOND
    allowed = PER_SECOND * WINDOW_SECONDS
    with asking(server, redis_url, requests_per_minute=60 * PER_SECOND):
        # What nobody took while one was still starting is taken first.
        begin = time.monotonic() + 2
        wait_until(lambda: time.monotonic() > begin + WINDOW_SECONDS)
        # However long that takes here; how close they come is measured by `make bench`.
        wait_until(lambda: len(server.received) >= allowed)
    times = [request.at for request in server.received]
    for at in times:
        # A second's worth may have been saved up.
        within = sum(1 for other in times if at <= other < at + WINDOW_SECONDS)
        assert within <= allowed + PER_SECOND + 1
    assert all(count(server, f"For {name}.") > 0.25 * len(times) for name in NAMES)
    assert not [request for request in server.received if request.status == 429]


def test_when_one_is_told_to_wait_all_wait(server: ModelServer, redis_url: str) -> None:
    server.seconds = lambda _request: 0.1
    with asking(server, redis_url, requests_per_minute=60 * PER_SECOND):
        told: list[float] = []

        def refuse_once(request: object) -> tuple[int, dict[str, str], dict[str, object]] | None:
            if told:
                return None
            told.append(time.monotonic())
            return 429, {"Retry-After": "2"}, {}

        server.refuse = refuse_once
        wait_until(lambda: told and server.received[-1].at > told[0] + 2)
    early = [request for request in server.received if told[0] + 0.5 < request.at < told[0] + 2]
    assert early == []
    refused = [request for request in server.received if request.status == 429]
    assert len(refused) == 1


def test_a_refusal_of_one_stops_the_others(server: ModelServer, redis_url: str) -> None:
    """Turns are half a second apart, so that a busy machine hears of it between two: without a word
    each of the three others would be refused, too."""
    names, per_second = (*NAMES, "Cem", "Dua"), 2
    server.seconds = lambda _request: 0.1
    with asking(server, redis_url, requests_per_minute=60 * per_second, names=names):
        # When what was saved up is spent, turns come one by one.
        wait_until(lambda: len(server.received) > 3 * per_second)
        server.key = "another"
        wait_until(lambda: refused(server))
        first = refused(server)[0]
        # Longer than any pause between two turns.
        wait_until(lambda: time.monotonic() > first.at + len(names) / per_second)
    later = [request.at - first.answered_at for request in refused(server)[1:]]
    assert len([at for at in later if at > 0]) <= 1, later


def test_a_refusal_stops_also_those_whose_calls_end_later(
    server: ModelServer, redis_url: str
) -> None:
    """They asked before it, and their next turn comes when others may try again."""
    server.seconds = lambda request: 1.5 if "For Ben." in request.text else 0.05
    with asking(server, redis_url, requests_per_minute=60 * PER_SECOND):
        wait_until(lambda: count(server, "For Ben.") >= 8)
        server.key = "another"
        wait_until(lambda: refused(server))
        asked = count(server, "For Ben.")
        wait_until(
            lambda: all(request.status for request in server.received if "Ben" in request.text)
        )
        begin = time.monotonic()
        # Longer than any pause between two turns.
        wait_until(lambda: time.monotonic() > begin + 1)
        assert count(server, "For Ben.") == asked


def refused(server: ModelServer) -> list[Received]:
    return [request for request in server.received if request.status == 401]
