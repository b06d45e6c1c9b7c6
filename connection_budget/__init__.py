"""How many database connections a fleet may hold, and that it does.

The names that a project needs. Each is loaded when it is asked for: settings import the arithmetic
from here, and that needs neither Django nor a driver.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connection_budget.budget import (
        PREFORK,
        SINGLE,
        WEB,
        Budget,
        BudgetRefused,
        Role,
        budget_from_environment,
    )
    from connection_budget.cap import CapReached
    from connection_budget.lanes import DbExecutor
    from connection_budget.process import process_executor

__all__ = [
    "PREFORK",
    "SINGLE",
    "WEB",
    "Budget",
    "BudgetRefused",
    "CapReached",
    "DbExecutor",
    "Role",
    "budget_from_environment",
    "process_executor",
]

_ELSEWHERE = {"CapReached": "cap", "DbExecutor": "lanes", "process_executor": "process"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ELSEWHERE.get(name, 'budget')}"), name)
