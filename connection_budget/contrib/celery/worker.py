"""A Celery worker has no more children than its role declares: not at the start, not later."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from celery.worker.control import Panel

from connection_budget.budget.budget import Budget
from connection_budget.budget.refusal import BudgetRefused, assert_worker


def children_asked(options: Mapping[str, Any], conf: Any) -> int:
    """The most children that the `options` of `celeryd_init` let a worker have."""
    autoscale = options.get("autoscale")
    if autoscale:
        limits = autoscale.split(",") if isinstance(autoscale, str) else autoscale
        return max(int(limit) for limit in limits)
    concurrency = options.get("concurrency") or conf.worker_concurrency
    if str(concurrency).isdigit() and int(concurrency) > 0:
        return int(concurrency)
    return os.cpu_count() or 2  # "auto", or nothing: as many as the machine has, or fewer


def bound_children(budget: Budget, role_name: str) -> None:
    """Have `celery control pool_grow` and `autoscale` refuse what a start would refuse."""
    grow, autoscale = Panel.data["pool_grow"], Panel.data["autoscale"]

    def bounded_grow(state: Any, n: int = 1, **options: Any) -> Any:
        refusal = _refusal(budget, role_name, state.consumer.pool.num_processes + n)
        return refusal or grow(state, n, **options)

    def bounded_autoscale(state: Any, **limits: Any) -> Any:
        wanted = max(int(limits.get(name) or 0) for name in ("max", "min"))
        return _refusal(budget, role_name, wanted) or autoscale(state, **limits)

    Panel.data["pool_grow"] = bounded_grow
    Panel.data["autoscale"] = bounded_autoscale


def _refusal(budget: Budget, role_name: str, children: int) -> dict[str, str] | None:
    try:
        assert_worker(budget, role_name, children)
    except BudgetRefused as refused:
        return {"error": str(refused)}
    return None
