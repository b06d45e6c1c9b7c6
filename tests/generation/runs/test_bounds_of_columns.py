"""What people may type fits the columns it is stored in."""

from __future__ import annotations

import asyncio
import random

import pytest

from connection_budget.lanes.executor import DbExecutor
from generation.dispatch import Order, request_roadmap
from generation.port.errors import GoalRefused
from generation.port.request import OutlineRequest
from generation.puller.limits import Limits
from generation.puller.pipeline import pull
from generation.run_states import RunState
from roadmaps.models import Roadmap
from tests.generation.cast import ScriptedProvider, get_run, make_outline, open_run


def _odd(first: str, last: str) -> str:
    """500 letters that fold to many bytes, and that nothing presses together."""
    rng = random.Random(first)
    return "Go" + "".join(chr(rng.randrange(ord(first), ord(last))) for _ in range(498))


PROVIDER = ScriptedProvider(make_outline(30))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "goal",
    [
        "a" * 500,
        "\ufdfa" * 500,
        "é🙂" * 250,
        _odd("\U00020000", "\U0002a6d0"),
        _odd("\u3300", "\u3357"),
    ],
    ids=lambda goal: goal[:3],
)
def test_the_longest_goals_are_stored(goal: str) -> None:
    request_roadmap(Order(OutlineRequest(goal)), PROVIDER, enqueue=False)
    assert Roadmap.objects.get().goal == goal


@pytest.mark.django_db
def test_a_language_tag_without_end_is_refused() -> None:
    request = OutlineRequest("Tying knots", language="en" + "-abcdefgh" * 10)
    with pytest.raises(GoalRefused, match="language tag"):
        request_roadmap(Order(request), PROVIDER, enqueue=False)


def test_an_outline_that_cannot_be_stored_fails_the_run_with_the_reason(
    db_executor: DbExecutor,
) -> None:
    plan = make_outline(4).model_copy(update={"title": "Knots\x00"})
    provider = ScriptedProvider(plan)
    run_id = open_run(provider)
    limits = Limits(poll_seconds=0.02)
    state = asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=limits))
    assert state == RunState.FAILED
    assert "NUL character" in get_run(run_id).reason
