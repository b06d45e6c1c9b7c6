"""What is wished for: how many concepts, how many hours until when; and that it can be stored."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.port.pace import ask_for_pace, minutes_until, warn_pace
from generation.port.request import OutlineRequest, wanted_range
from tests.generation.port.outlines import outline

TODAY = date(2026, 11, 23)

deterministic = settings(derandomize=True, deadline=None)


@pytest.mark.parametrize(
    ("concepts", "least", "most"),
    [(None, 24, 60), (4, 3, 5), (8, 6, 10), (40, 30, 50), (200, 150, 250), (1, 1, 1)],
)
def test_a_wish_for_concepts_is_met_within_a_quarter(
    concepts: int | None, least: int, most: int
) -> None:
    assert wanted_range(concepts) == (least, most)


@deterministic
@given(concepts=st.integers(1, 1_000))
def test_exactly_what_was_wished_for_always_answers_the_wish(concepts: int) -> None:
    least, most = wanted_range(concepts)
    assert 1 <= least <= concepts <= most


@pytest.mark.parametrize(
    ("hours", "target", "warned"),
    [
        (None, date(2026, 12, 7), False),
        (6, None, False),
        (6, date(2026, 12, 7), False),
        (6, date(2026, 12, 6), True),
        (5, date(2026, 12, 7), True),
        (80, TODAY, True),
        (80, date(2026, 11, 1), True),
    ],
)
def test_twelve_hours_of_reading_fit_into_two_weeks_of_six(
    hours: int | None, target: date | None, warned: bool
) -> None:
    request = OutlineRequest("x", hours_per_week=hours, target_date=target)
    assert bool(warn_pace(outline(24).total_minutes(), request, TODAY)) == warned


def test_a_warning_says_what_is_needed_and_what_there_is() -> None:
    request = OutlineRequest("x", hours_per_week=3, target_date=date(2026, 12, 7))
    assert warn_pace(outline(24).total_minutes(), request, TODAY) == [
        "12 hours of reading do not fit before 2026-12-07: 3 a week make 6"
    ]


def test_a_date_in_the_past_leaves_no_hours_rather_than_negative_ones() -> None:
    request = OutlineRequest("x", hours_per_week=3, target_date=date(2026, 11, 1))
    assert warn_pace(outline(24).total_minutes(), request, TODAY)[0].endswith("3 a week make 0")


@pytest.mark.parametrize(
    ("hours", "target", "minutes"),
    [
        (None, date(2026, 12, 7), None),
        (6, None, None),
        (6, date(2026, 12, 7), 720),
        (6, date(2026, 12, 6), 668),
        (6, TODAY, 0),
        (6, date(2026, 11, 1), 0),
    ],
)
def test_minutes_are_counted_by_days(
    hours: int | None, target: date | None, minutes: int | None
) -> None:
    request = OutlineRequest("x", hours_per_week=hours, target_date=target)
    assert minutes_until(request, TODAY) == minutes


def test_an_outline_that_takes_too_long_is_told_by_how_much() -> None:
    request = OutlineRequest("x", hours_per_week=5, target_date=date(2026, 12, 7))
    (wish,) = ask_for_pace(outline(24).total_minutes(), request, TODAY)
    assert wish == (
        "all concepts together take 720 minutes; before 2026-12-07, at 5 hours a week, 600 fit: "
        "plan less, with honest minutes; 24 concepts are the least"
    )


@pytest.mark.parametrize(
    ("hours", "concepts", "is_told"),
    [
        (6, None, False),  # it fits
        (3, None, True),  # 24 concepts of 15 minutes would just fit
        (2, None, False),  # and here nothing does
        (2, 20, True),
        (None, 20, False),
    ],
)
def test_only_what_can_be_helped_is_told(
    hours: int | None, concepts: int | None, is_told: bool
) -> None:
    target = date(2026, 12, 7)
    request = OutlineRequest("x", hours_per_week=hours, target_date=target, concepts=concepts)
    assert bool(ask_for_pace(outline(24).total_minutes(), request, TODAY)) == is_told


@deterministic
@given(hours=st.integers(1, 80), days=st.integers(-10, 60))
def test_whoever_is_asked_for_less_is_warned_otherwise(hours: int, days: int) -> None:
    target = TODAY + timedelta(days=days)
    request = OutlineRequest("x", hours_per_week=hours, target_date=target)
    asked, warned = (
        rule(outline(24).total_minutes(), request, TODAY) for rule in (ask_for_pace, warn_pace)
    )
    assert warned or not asked


@deterministic
@given(
    request=st.builds(
        OutlineRequest,
        st.text(),
        level=st.sampled_from([None, "beginner", "advanced"]),
        language=st.none() | st.just("zh-Hans"),
        hours_per_week=st.none() | st.integers(1, 80),
        target_date=st.none() | st.dates(),
        concepts=st.none() | st.integers(4, 200),
    )
)
def test_options_survive_being_stored_as_json(request: OutlineRequest) -> None:
    stored = json.loads(json.dumps(request.options()))
    assert OutlineRequest.from_options(request.goal, stored) == request


def test_options_that_were_never_stored_are_open() -> None:
    assert OutlineRequest.from_options("Learn", {}) == OutlineRequest("Learn")
