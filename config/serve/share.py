"""`python -m config.serve.share`: how many processes of PROCESS_ROLE this host starts.

The fleet's number over the instances, rounded up, so that no process is missing. Rounding up may
start more processes than the budget was checked with, so it is checked again with all of them.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace

from connections.budget import Budget
from connections.refusal import BudgetRefused, assert_budget
from connections.roles import Role


def share(role: Role) -> int:
    return -(-role.processes // role.instances)


def rounded_up(budget: Budget) -> Budget:
    """The budget with as many processes as all instances together really start."""
    roles = (replace(role, processes=share(role) * role.instances) for role in budget.roles)
    return replace(budget, roles=tuple(roles))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    from django.conf import settings  # noqa: PLC0415 - reads the variable above

    try:
        assert_budget(rounded_up(settings.CONNECTION_BUDGET))
    except BudgetRefused as error:
        sys.exit(f"Every instance starts the same number of processes, so they round up.\n{error}")
    print(share(settings.CONNECTION_BUDGET.role(settings.PROCESS_ROLE)))  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
