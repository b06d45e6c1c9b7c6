"""Receivers that end a worker or beat which the budget does not hold.

Celery logs what a receiver raises and goes on; only an exit ends it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from celery.concurrency.prefork import TaskPool
from celery.signals import (
    beat_init,
    celeryd_init,
    worker_process_init,
    worker_process_shutdown,
    worker_ready,
)
from django.core.exceptions import ImproperlyConfigured

from connection_budget.budget.environment import VariableError
from connection_budget.budget.refusal import BudgetRefused, assert_budget, assert_worker
from connection_budget.conf import get_budget, get_role
from connection_budget.contrib.celery.instances import count_instance
from connection_budget.contrib.celery.worker import bound_children, children_asked
from connection_budget.process import process_executor
from connection_budget.spawned import count_spawned_on_reserve


def hold_to_budget() -> None:
    """To be called where the Celery application is made. Safe to repeat.

    A worker with more children than its role declares ends before it connects to anything, and so
    does one of a role that nobody declared, or where the fleet does not fit the server; later it
    is told to grow in vain. One worker too many on this host is told in the log. Lanes are closed
    when a child ends.
    """
    for signal, receiver in (
        (celeryd_init, _refuse_worker),
        (beat_init, _refuse_beat),
        (worker_ready, _count_instance),
        (worker_ready, _work_alone),
        (worker_process_init, _have_lanes),
        (worker_process_shutdown, _close_lanes),
    ):
        uid = f"connection_budget.{receiver.__name__}"
        signal.connect(receiver, weak=False, dispatch_uid=uid)


def _ending(refuse: Callable[..., None]) -> Callable[..., None]:
    @wraps(refuse)
    def end(**sent: Any) -> None:
        try:
            refuse(**sent)
        except (BudgetRefused, ImproperlyConfigured, VariableError) as error:
            sys.exit(f"celery: {error}")

    return end


@_ending
def _refuse_worker(options: Any = None, conf: Any = None, **_: Any) -> None:
    budget, role = get_budget(), get_role()
    assert_budget(budget, role.name)
    assert_worker(budget, role.name, children_asked(options or {}, conf))
    bound_children(budget, role.name)


@_ending
def _refuse_beat(**_: Any) -> None:
    assert_budget(get_budget(), get_role().name)


def _count_instance(**_: Any) -> None:
    """Not before: only now the log is as the project wants it."""
    count_instance(get_role())


def _work_alone(sender: Any, **_: Any) -> None:
    """Without children (`threads`, `gevent`) what a task forks is none of theirs."""
    if not isinstance(sender.pool, TaskPool):
        count_spawned_on_reserve()


def _have_lanes(**_: Any) -> None:
    """An idle child, too, is seen in the metrics; commands that it starts are none of its role."""
    process_executor()
    count_spawned_on_reserve()


def _close_lanes(**_: Any) -> None:
    process_executor().close()
