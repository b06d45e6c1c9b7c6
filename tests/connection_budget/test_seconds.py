"""Settings in seconds: what is no time is refused by name, before anybody waits by it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from connection_budget.conf import get_seat_deadline, get_wait_seconds

WAIT, DEADLINE = "CONNECTION_BUDGET_WAIT_SECONDS", "SEAT_DEADLINE_SECONDS"
READERS: dict[str, Callable[[], float]] = {WAIT: get_wait_seconds, DEADLINE: get_seat_deadline}
NO_TIME = [float("nan"), float("inf"), -1, 1e300, 10**400, True, None, [5], "", "soon", "nan", "-1"]


def told() -> list[str]:
    messages = run_checks(tags=["connection_budget"])
    return [message.msg for message in messages if message.id == "connection_budget.E011"]


@pytest.mark.parametrize("declared", NO_TIME)
@pytest.mark.parametrize("name", READERS)
def test_what_is_no_time_is_an_error_and_nobody_waits_by_it(
    settings: Settings, name: str, declared: object
) -> None:
    setattr(settings, name, declared)
    (message,) = told()
    assert (message.startswith(f"{name}="), len(message) < 120) == (True, True)
    with pytest.raises(ImproperlyConfigured, match=name):
        READERS[name]()


@pytest.mark.parametrize("declared", [7, 0.5, "7", " 0.5 ", 86_400])
@pytest.mark.parametrize("name", READERS)
def test_any_time_of_a_day_at_most_is_taken(
    settings: Settings, name: str, declared: float | str
) -> None:
    setattr(settings, name, declared)
    assert (told(), READERS[name]()) == ([], float(declared))


def test_nobody_has_to_wait_but_a_page_needs_some_time(settings: Settings) -> None:
    settings.CONNECTION_BUDGET_WAIT_SECONDS = settings.SEAT_DEADLINE_SECONDS = 0
    (message,) = told()
    assert (get_wait_seconds(), message.startswith(DEADLINE)) == (0, True)


def test_unset_they_have_a_default(settings: Settings) -> None:
    for name in READERS:
        if hasattr(settings, name):
            delattr(settings, name)
    assert (told(), get_wait_seconds(), get_seat_deadline()) == ([], 5, 15)
