"""What a fleet may hold: arithmetic, and refusing what does not fit. No Django."""

from connection_budget.budget.budget import Budget, BudgetError, budget_from_environment
from connection_budget.budget.environment import VariableError
from connection_budget.budget.fit import Capacity
from connection_budget.budget.refusal import (
    BudgetRefused,
    assert_budget,
    assert_pages,
    assert_worker,
)
from connection_budget.budget.roles import (
    COMMAND,
    PREFORK,
    SINGLE,
    WEB,
    Role,
    RoleError,
    RoleKind,
    roles_from_environment,
)

__all__ = [
    "COMMAND",
    "PREFORK",
    "SINGLE",
    "WEB",
    "Budget",
    "BudgetError",
    "BudgetRefused",
    "Capacity",
    "Role",
    "RoleError",
    "RoleKind",
    "VariableError",
    "assert_budget",
    "assert_pages",
    "assert_worker",
    "budget_from_environment",
    "roles_from_environment",
]
