"""`python -m config.serve.share`: how many processes of PROCESS_ROLE this host starts.

The fleet's number over the instances, rounded up, so that no process is missing. The budget counts
what all instances start.
"""

from __future__ import annotations

import os
import sys

from connections.refusal import BudgetRefused, assert_budget


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    from django.conf import settings  # noqa: PLC0415 - reads the variable above

    try:
        assert_budget(settings.CONNECTION_BUDGET)
    except BudgetRefused as error:
        sys.exit(str(error))
    print(settings.CONNECTION_BUDGET.role(settings.PROCESS_ROLE).per_instance)  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
