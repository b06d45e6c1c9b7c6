"""A plan that takes more time than there is goes back once, and fails for that in no case."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from generation.port.errors import (
    ContentError,
    CutOffError,
    GoalRefused,
    MalformedError,
    SystemicError,
    TransientError,
)
from tests.generation import writings
from tests.generation.asking import REQUEST, ask, planning
from tests.generation.scripted_gateway import USAGE, ScriptedGateway

EIGHT, SEVEN, SIX = (writings.outline(concepts=number) for number in (8, 7, 6))


def pressed(days: int) -> Any:
    """Eight concepts, or six at least, at an hour a week; each has half an hour."""
    target = timezone.localdate() + timedelta(days=days)
    return planning(replace(REQUEST, hours_per_week=1, target_date=target))


IN_A_HURRY = pressed(24)


def plan(*said: Any, call: Any = IN_A_HURRY) -> tuple[Any, ScriptedGateway]:
    gateway = ScriptedGateway({"outline": list(said)})
    (written,) = ask(gateway, call)
    return written, gateway


def test_it_goes_back_once_with_the_figures() -> None:
    written, gateway = plan(EIGHT, SIX)
    assert gateway.purposes() == ["outline", "repair"]
    assert "all concepts together take 240 minutes" in gateway.asked[1].user
    assert "at 1 hours a week, 205 fit" in gateway.asked[1].user
    assert len(written.content.concepts()) == 6
    assert written.prompt_version == gateway.asked[1].version
    assert written.usage == USAGE + USAGE


def test_what_fits_is_not_asked_for_again() -> None:
    _, gateway = plan(SIX)
    assert gateway.purposes() == ["outline"]


def test_it_goes_back_together_with_the_faults() -> None:
    written, gateway = plan(writings.outline(title="Overview"), SIX)
    assert "“Overview” is a placeholder, not a title" in gateway.asked[1].user
    assert "take 240 minutes" in gateway.asked[1].user
    assert len(written.content.concepts()) == 6


def test_a_mended_plan_that_is_still_too_long_is_taken() -> None:
    written, gateway = plan(writings.outline(title="Overview"), EIGHT)
    assert len(gateway.asked) == 2
    assert written.content.total_minutes() == 240


@pytest.mark.parametrize(("first", "second"), [(EIGHT, SEVEN), (SEVEN, EIGHT)])
def test_of_two_that_are_too_long_the_shorter_is_taken(first: Any, second: Any) -> None:
    written, gateway = plan(first, second)
    assert len(written.content.concepts()) == 7
    shorter = gateway.asked[0 if first is SEVEN else 1]
    assert written.prompt_version == shorter.version
    assert written.usage.calls == len(gateway.asked) == 2


@pytest.mark.parametrize(
    "second",
    [
        writings.outline(concepts=20),
        writings.outline("de"),
        writings.outline(verdict="unclear", stages=[]),
        CutOffError("cut off", usage=USAGE),
        MalformedError("no form", usage=USAGE),
        ContentError("rejected", usage=USAGE),
        TransientError("busy", usage=USAGE),
        SystemicError("no credit", usage=USAGE),
        GoalRefused("no goal"),
    ],
)
def test_a_plan_that_can_be_used_is_not_lost_to_the_wish(second: Any) -> None:
    written, gateway = plan(EIGHT, second)
    assert len(written.content.concepts()) == 8
    assert written.prompt_version == gateway.asked[0].version
    assert len(gateway.asked) == 2
    assert written.usage.calls == (1 if isinstance(second, GoalRefused) else 2)


@pytest.mark.parametrize("days", [9, 1])
def test_what_cannot_be_helped_is_not_asked_for(days: int) -> None:
    written, gateway = plan(EIGHT, SIX, call=pressed(days))
    assert len(written.content.concepts()) == 8
    assert gateway.purposes() == ["outline"]
