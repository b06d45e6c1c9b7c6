"""What is said of a server: who counts as whose, and where it contradicts the budget."""

from __future__ import annotations

import pytest

from connection_budget.budget.budget import Budget, budget_from_environment
from connection_budget.watch.server import LiveServer, Sessions, limit_problems, problems
from connection_budget.watch.server import server_lines as lines_of
from connection_budget.watch.server import server_report as report_of
from tests.connection_budget.fleet import FLEET

BUDGET = budget_from_environment({}, FLEET)
NAMES = [role.name for role in BUDGET.roles]


def seen(
    name: str, connections: int = 1, *, database: str = "app", hidden: bool = False
) -> Sessions:
    return Sessions(database, name, "u", hidden, database == "app", connections)


def server(*sessions: Sessions) -> LiveServer:
    return LiveServer(100, 3, 0, sessions)


def behind(**environ: str) -> Budget:
    return budget_from_environment({"DATABASE_POOLER": "transaction"} | environ, FLEET)


def test_a_role_has_what_is_connected_to_our_database_under_its_name() -> None:
    """By whichever user; the same name at another database is somebody else."""
    live = server(seen("web", 2), seen("web", 3), seen("web", 7, database="else"), seen("psql"))
    assert live.by_role(NAMES) == dict.fromkeys(NAMES, 0) | {"web": 5}
    assert live.others(NAMES) == [seen("web", 7, database="else"), seen("psql")]
    assert (live.connections, live.foreign()) == (13, 7)


@pytest.mark.parametrize("more", [0, 1])
def test_a_role_above_its_peak_is_a_problem_and_one_at_it_is_not(more: int) -> None:
    peak = BUDGET.role("web").peak
    found = problems(BUDGET, server(seen("web", peak + more), seen("web", 99, database="else")))
    assert len(found) == more
    assert all(f"web has {peak + 1} connections, more than its peak" in one for one in found)


@pytest.mark.parametrize(("ours", "told"), [(30, 0), (31, 1)])
def test_behind_a_pooler_all_our_connections_are_held_to_its_pools_and_the_operations(
    ours: int, told: int
) -> None:
    """Names are those of last clients there: no role is told to have too many."""
    found = problems(behind(), server(seen("beat", ours), seen("x", 60, database="else")))
    assert len(found) == told
    assert all(f"has {ours} connections, more than the pooler's 20" in one for one in found)


@pytest.mark.parametrize(("most", "told"), [(100, False), (99, True), (101, False)])
def test_a_server_that_allows_less_than_declared_is_a_problem(most: int, told: bool) -> None:
    found = limit_problems(BUDGET, LiveServer(most, 3, 0))
    assert bool(found) is told


def test_a_budget_that_does_not_fit_anyhow_is_not_told_of_reserves() -> None:
    small = budget_from_environment({"DB_MAX_CONNECTIONS": "50"}, FLEET)
    assert limit_problems(small, LiveServer(50, 3, 9)) == []


def test_in_the_text_who_is_in_no_role_stands_below_what_says_so() -> None:
    first, heading, *others = lines_of(
        BUDGET, server(seen("web", 2), seen("", 3), seen("psql", hidden=True))
    )
    assert first == "the server: max_connections = 100, 3 superuser + 0 reserved; 6 connected"
    assert heading.startswith("connected and in no role")
    assert others == [
        "  3 as (no application name): u at app",
        "  1 as psql: u at app, not shown to us",
    ]
    assert len(lines_of(BUDGET, server(seen("web", 2)))) == 1


def test_the_report_says_the_same() -> None:
    report = report_of(BUDGET, server(seen("web", 2), seen("psql", 3)))
    assert (report["max_connections"], report["connections"]) == (100, 5)
    assert (report["superuser_reserved_connections"], report["reserved_connections"]) == (3, 0)
    assert [(row["application_name"], row["connections"]) for row in report["others"]] == [
        ("psql", 3)
    ]
    assert report["problems"] == []
