"""No worker has more children than its role declares, when it starts and later."""

import os
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from celery.worker.control import Panel
from structlog.testing import capture_logs

from connection_budget.budget.budget import Budget, budget_from_environment
from connection_budget.budget.refusal import (
    BudgetRefused,
    assert_budget,
    assert_pages,
    assert_worker,
)
from connection_budget.contrib.celery.worker import bound_children, children_asked
from tests.connection_budget.fleet import FLEET

DEFAULT = budget_from_environment({}, FLEET)
FOUR_A_HOST = budget_from_environment({"ROLE_CONTENT_GENERATION_INSTANCES": "2"}, FLEET)


@pytest.mark.parametrize(("budget", "children"), [(DEFAULT, 8), (DEFAULT, 1), (FOUR_A_HOST, 4)])
def test_a_worker_may_be_as_large_as_declared(budget: Budget, children: int) -> None:
    assert_worker(budget, "content_generation", children)


@pytest.mark.parametrize(("budget", "children"), [(DEFAULT, 9), (FOUR_A_HOST, 5)])
def test_one_child_more_is_refused_with_both_numbers(budget: Budget, children: int) -> None:
    with pytest.raises(BudgetRefused) as refusal:
        assert_worker(budget, "content_generation", children)
    said = str(refusal.value)
    assert f"start {children} children" in said
    assert f"declares {children - 1} (ROLE_CONTENT_GENERATION_PROCESSES = 8" in said
    assert "asked for: content_generation: (" in said


def test_a_worker_of_no_role_lives_from_the_operations_reserve() -> None:
    assert_worker(DEFAULT, "command", 8)  # and one overlaps, and the main process
    with pytest.raises(BudgetRefused, match=r"\(9 processes \+ 1 overlap\) x 1 \+ 1 main = 11"):
        assert_worker(DEFAULT, "command", 9)


def test_pages_and_the_timer_are_not_served_by_a_worker() -> None:
    for role in ("web", "beat"):
        with pytest.raises(BudgetRefused, match=f"{role} is not one of a worker"):
            assert_worker(DEFAULT, role, 1)


def test_pages_are_served_by_roles_of_the_fleet_alone() -> None:
    assert_pages(DEFAULT, "web")
    for role in ("command", "logs", "beat"):
        with pytest.raises(
            BudgetRefused, match=f"{role} serves no pages; of this fleet do: web\\."
        ):
            assert_pages(DEFAULT, role)
    aside = replace(DEFAULT, roles=DEFAULT.roles[1:], reserve_roles=DEFAULT.roles[:1])
    with pytest.raises(BudgetRefused, match=r"web serves no pages; of this fleet do: none\."):
        assert_pages(aside, "web")


def test_a_command_larger_than_the_reserve_may_not_start() -> None:
    assert_budget(DEFAULT, "command")
    large = budget_from_environment({"ROLE_COMMAND_CONNECTIONS": "11"}, FLEET)
    assert_budget(large, "web")
    with capture_logs() as events, pytest.raises(BudgetRefused, match="may open 12 connections"):
        assert_budget(large, "command")
    assert [event["event"] for event in events] == ["db_budget_refused"]


@pytest.mark.parametrize(
    ("options", "children"),
    [
        ({"concurrency": 3}, 3),
        ({"concurrency": None}, 2),
        ({"autoscale": [7, 1], "concurrency": 3}, 7),
        ({"autoscale": "1,9"}, 9),
    ],
)
def test_what_celery_was_asked_for(options: dict[str, Any], children: int) -> None:
    assert children_asked(options, SimpleNamespace(worker_concurrency=2)) == children


@pytest.mark.parametrize("asked", [None, 0, "auto"])
@pytest.mark.parametrize("configured", [0, "auto"])
def test_without_a_number_celery_takes_as_many_as_there_are_processors(
    monkeypatch: pytest.MonkeyPatch, asked: Any, configured: Any
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 47)
    conf = SimpleNamespace(worker_concurrency=configured)
    assert children_asked({"concurrency": asked}, conf) == 47


class Pool:
    num_processes = 3

    def grow(self, count: int) -> None:
        self.num_processes += count


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Pool:
    monkeypatch.setattr(Panel, "data", dict(Panel.data))
    bound_children(DEFAULT, "logs")
    return Pool()


def state(pool: Pool) -> Any:
    controller = SimpleNamespace(autoscaler=None)
    consumer = SimpleNamespace(
        pool=pool, controller=controller, _update_prefetch_count=lambda count: count
    )
    return SimpleNamespace(consumer=consumer)


def test_a_running_worker_grows_up_to_its_share_and_no_further(pool: Pool) -> None:
    assert Panel.data["pool_grow"](state(pool), 1) == {"ok": "pool will grow"}
    refused = Panel.data["pool_grow"](state(pool), 1)
    assert "start 5 children" in refused["error"]
    assert pool.num_processes == 4


def test_nor_is_its_autoscaler_set_higher(pool: Pool) -> None:
    assert "start 5 children" in Panel.data["autoscale"](state(pool), max=5, min=1)["error"]
    with pytest.raises(ValueError, match="not enabled"):
        Panel.data["autoscale"](state(pool), max=4, min=1)
