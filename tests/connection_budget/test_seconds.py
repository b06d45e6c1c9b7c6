"""Settings in seconds: what is no time is refused by name, before anybody waits by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from connection_budget.conf import get_seat_deadline, get_wait_seconds, pool_timeout
from connection_budget.databases import ENGINE
from connection_budget.postgresql.base import DatabaseWrapper

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


@pytest.fixture
def pool(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the default database says of its pool; nothing connects by it."""
    declared: dict[str, Any] = {"max_size": 4}
    database = {"ENGINE": ENGINE, "OPTIONS": {"application_name": "web", "pool": declared}}
    monkeypatch.setitem(settings.DATABASES, "default", database)
    return declared


@pytest.mark.parametrize("declared", [*(value for value in NO_TIME if value is not None), 0])
def test_a_pool_that_waits_for_no_time_is_an_error_and_is_not_made(
    pool: dict[str, Any], declared: object
) -> None:
    pool["timeout"] = declared
    (message,) = told()
    assert message.startswith("DATABASES['default']['OPTIONS']['pool']['timeout']=")
    wrapper = DatabaseWrapper({"OPTIONS": {"pool": pool}}, "no_time")
    with pytest.raises(ImproperlyConfigured, match="timeout"):
        _ = wrapper.pool
    assert "no_time" not in DatabaseWrapper._connection_pools


@pytest.mark.parametrize("declared", [{}, {"timeout": 7}, {"timeout": "0.5"}])
def test_a_pool_may_wait_for_any_time_or_leave_it_to_us(
    pool: dict[str, Any], declared: dict[str, Any]
) -> None:
    pool |= declared
    assert told() == []
    assert pool_timeout("default", pool) == float(declared.get("timeout", 3))
    assert pool_timeout("default", True) == 3


def test_unset_they_have_a_default(settings: Settings) -> None:
    for name in READERS:
        if hasattr(settings, name):
            delattr(settings, name)
    assert (told(), get_wait_seconds(), get_seat_deadline()) == ([], 5, 15)
