"""`python -m config.serve.share`: how many processes of PROCESS_ROLE this host starts.

The fleet's number over the instances, rounded up, so that no process is missing. The budget counts
what all instances start.
"""

from __future__ import annotations

import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.environment import choose_settings
from connection_budget.budget.refusal import BudgetRefused, assert_budget


def main() -> None:
    try:
        choose_settings()
        assert_budget(settings.CONNECTION_BUDGET)
    except (BudgetRefused, ImproperlyConfigured) as error:
        sys.exit(str(error))
    role = settings.CONNECTION_BUDGET.role(settings.PROCESS_ROLE)
    sys.stdout.write(f"{role.per_instance}\n")


if __name__ == "__main__":
    main()
