"""Whatever many processes ask at once, a day's limit is never passed, and all figures agree."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db.models import F, Sum
from django.utils import timezone

from accounts.models import User
from generation.models import ModelCallRecord
from generation.spent_models import DaySpending, Reservation
from tests.databases import database_url
from tests.generation.cast import ScriptedProvider, make_outline, open_run
from tests.generation.providers.gateway.model_server import ModelServer
from tests.generation.providers.gateway.received import Received
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SCRIPT = Path(__file__).with_name("spending_process.py")
ROOT = SCRIPT.parents[4]
CALLS, ROOM, LIMIT = 50, 1_000, 12_000

Start = Callable[[uuid.UUID, str], subprocess.Popen[str]]


@pytest.fixture
def start(server: ModelServer) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def start(run_id: uuid.UUID, name: str) -> subprocess.Popen[str]:
        limits = {"USER_MAX_TOKENS_PER_DAY": str(LIMIT), "LLM_MAX_CONCURRENCY": str(CALLS)}
        known = {"DATABASE_URL": database_url(), "PYTHONPATH": str(ROOT), "REDIS_URL": ""}
        process = subprocess.Popen(
            [sys.executable, str(SCRIPT), str(run_id), name, str(CALLS), str(ROOM)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | server.environment() | limits | known,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def taken(requests: list[Received]) -> int:
    return sum(request.tokens_in + request.tokens_out for request in requests)


def in_the_ledger() -> int:
    both = F("tokens_in") + F("tokens_out")
    return ModelCallRecord.objects.aggregate(sum=Sum(both))["sum"] or 0


@pytest.fixture
def most(server: ModelServer) -> list[int]:
    """What the server has been asked for at most, as each request came: what is answered, and all
    the room of what is under way. Whoever is killed wants nothing any more."""
    seen: list[int] = []

    def seconds(request: Received) -> float:
        asked = [one for one in server.received if not one.answered_at and one.key]
        seen.append(taken(server.answered()) + sum(one.max_tokens for one in asked))
        return 3_600.0 if "victim" in request.text and len(victims(server)) > 3 else 0.05

    server.seconds = seconds
    return seen


def victims(server: ModelServer) -> list[Received]:
    return [one for one in server.received if "victim" in one.text]


@pytest.fixture
def pair() -> tuple[User, list[uuid.UUID]]:
    owner = User.objects.create_user("ada@example.com")
    return owner, [open_run(ScriptedProvider(make_outline(4)), owner=owner) for _ in range(2)]


def hear(process: subprocess.Popen[str]) -> int:
    """How many of its calls were answered; some were, and some refused."""
    told, _ = process.communicate(timeout=200)
    answered, refused = map(int, told.split())
    assert answered + refused == CALLS
    assert refused > 0
    return answered


def assert_all_agree(server: ModelServer, owner: User, answered: int) -> None:
    row = DaySpending.objects.get(scope=f"user:{owner.pk}")
    assert row.tokens == in_the_ledger() == taken(server.answered()) <= LIMIT
    assert ModelCallRecord.objects.count() == len(server.answered()) == answered
    assert row.assumed_tokens == 0
    assert not Reservation.objects.filter(until__gt=timezone.now()).exists()
    # No other call would have fitted in.
    assert row.tokens > LIMIT - 1.5 * ROOM


def test_a_hundred_calls_at_once_at_the_edge_of_a_day_never_pass_it(
    server: ModelServer, start: Start, most: list[int], pair: tuple[User, list[uuid.UUID]]
) -> None:
    owner, runs = pair
    processes = [start(run_id, f"others-{number}") for number, run_id in enumerate(runs)]
    answered = [hear(process) for process in processes]
    assert max(most) <= LIMIT
    assert_all_agree(server, owner, sum(answered))


def test_what_a_killed_process_had_set_aside_comes_free_and_no_figure_differs(
    server: ModelServer, start: Start, most: list[int], pair: tuple[User, list[uuid.UUID]]
) -> None:
    owner, runs = pair
    victim = start(runs[0], "victim")
    wait_until(lambda: len(victims(server)) > 3)
    wait_until(lambda: ModelCallRecord.objects.filter(run=runs[0]).count() == 3)
    other = start(runs[1], "other")
    victim.kill()
    victim.wait()
    for request in victims(server):
        request.key = ""
    answered = hear(other)
    assert answered > 0
    assert max(most) <= LIMIT
    assert_all_agree(server, owner, 3 + answered)
