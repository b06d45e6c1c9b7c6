"""Whether a plan fits the time that somebody has."""

from __future__ import annotations

from datetime import date
from math import ceil

from generation.port.request import OutlineRequest

# What a concept is asked to take, one sitting; the wider bounds above are what passes.
LEAST_SITTING, LONGEST_SITTING = 15, 90


def minutes_until(request: OutlineRequest, today: date) -> int | None:
    """What a learner has until the target date; None where pace or date is open."""
    if not request.hours_per_week or not request.target_date:
        return None
    days = max((request.target_date - today).days, 0)
    return days * request.hours_per_week * 60 // 7


def can_fit(request: OutlineRequest, minutes: int) -> bool:
    """Whether any outline that is wanted takes so little."""
    least, _ = request.wanted
    return least * LEAST_SITTING <= minutes


def warn_pace(needed: int, request: OutlineRequest, today: date) -> list[str]:
    """An honest word where the hours do not reach the date; `needed` are a plan's minutes."""
    minutes = minutes_until(request, today)
    if minutes is None or needed <= minutes:
        return []
    return [
        (
            f"{ceil(needed / 60)} hours of reading do not fit before {request.target_date}: "
            f"{request.hours_per_week} a week make {minutes // 60}"
        )
    ]


def ask_for_pace(needed: int, request: OutlineRequest, today: date) -> list[str]:
    """What to say of a plan that takes too long to whoever can make a shorter one."""
    minutes = minutes_until(request, today)
    if minutes is None or needed <= minutes or not can_fit(request, minutes):
        return []
    least, _ = request.wanted
    return [
        (
            f"all concepts together take {needed} minutes; before {request.target_date}, at "
            f"{request.hours_per_week} hours a week, {minutes} fit: plan less, with honest "
            f"minutes; {least} concepts are the least"
        )
    ]
