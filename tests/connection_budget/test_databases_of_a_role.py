"""`databases.for_role`: what a role's processes need of DATABASES, whatever else is in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from connection_budget.budget.budget import Budget, budget_from_environment
from connection_budget.databases import for_role
from tests.connection_budget.fleet import FLEET

BUDGET = budget_from_environment({"ROLE_WEB_CONNECTIONS": "3"}, FLEET)
POOLED = budget_from_environment({"DATABASE_POOLER": "transaction"}, FLEET)


def database(role: str, budget: Budget = BUDGET, **declared: Any) -> dict[str, Any]:
    return for_role(role, budget, {"default": {"NAME": "app", **declared}})["default"]


def test_who_serves_pages_has_a_pool_as_large_as_its_connections() -> None:
    web = database("web", OPTIONS={"pool": {"max_size": 99, "timeout": 2}})
    assert web["OPTIONS"]["pool"] == {"max_size": 3, "timeout": 2}
    assert (web["CONN_MAX_AGE"], web["DISABLE_SERVER_SIDE_CURSORS"]) == (0, True)


@pytest.mark.parametrize("role", ["logs", "beat", "command"])
def test_every_other_role_keeps_its_connections_and_has_no_pool(role: str) -> None:
    other = database(role, OPTIONS={"pool": True})
    assert "pool" not in other["OPTIONS"]
    assert (other["CONN_MAX_AGE"], other["CONN_HEALTH_CHECKS"]) == (None, True)
    assert not other["DISABLE_SERVER_SIDE_CURSORS"]


@pytest.mark.parametrize("role", ["web", "logs"])
def test_each_is_counted_and_tells_its_role(role: str) -> None:
    assert database(role)["ENGINE"] == "connection_budget.postgresql"
    assert database(role)["OPTIONS"]["application_name"] == role


def test_an_option_that_is_declared_stays() -> None:
    assert database("web", OPTIONS={"connect_timeout": 1})["OPTIONS"]["connect_timeout"] == 1


def test_behind_a_pooler_no_role_has_cursors_of_the_server() -> None:
    assert database("logs", POOLED)["DISABLE_SERVER_SIDE_CURSORS"]


def test_a_database_of_another_engine_stays_as_it_is() -> None:
    lite = {"ENGINE": "django.db.backends.sqlite3", "NAME": "x"}
    assert for_role("web", BUDGET, {"default": lite}) == {"default": lite}


def test_what_was_declared_is_not_changed() -> None:
    declared = {"default": {"NAME": "app", "OPTIONS": {"pool": {"timeout": 2}}}}
    for_role("web", BUDGET, declared)
    assert declared == {"default": {"NAME": "app", "OPTIONS": {"pool": {"timeout": 2}}}}


def test_a_role_that_nobody_declared_is_refused_by_name() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"PROCESS_ROLE='wbe'.*Known roles: web, "):
        database("wbe")


def test_a_role_of_ones_own_may_serve_pages() -> None:
    site = replace(FLEET[0], name="site")
    budget = Budget((site,), max_connections=100, operations_reserved=10)
    assert database("site", budget)["OPTIONS"]["pool"] == {"max_size": 4}


@pytest.mark.parametrize("role", ["web", "logs"])
def test_a_way_to_the_server_that_died_in_silence_is_found_by_the_kernel(role: str) -> None:
    """After 45 seconds at most when nothing is said, after 10 when something was sent."""
    options = database(role)["OPTIONS"]
    probes = options["keepalives_interval"] * options["keepalives_count"]
    assert (options["keepalives"], options["keepalives_idle"] + probes) == (1, 45)
    assert (options["tcp_user_timeout"], options["connect_timeout"]) == (10_000, 5)


def test_cursors_of_the_server_that_were_switched_off_stay_so() -> None:
    assert database("logs", DISABLE_SERVER_SIDE_CURSORS=True)["DISABLE_SERVER_SIDE_CURSORS"]
