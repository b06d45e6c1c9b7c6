"""Behind a pooler each login has a pool of its own: settings may know of more of them."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from connection_budget.budget.budget import budget_from_environment
from connection_budget.conf import get_budget
from tests.connection_budget.fleet import FLEET

BEHIND = {"DATABASE_POOLER": "transaction"}


@pytest.mark.parametrize(
    ("environ", "users", "logins"),
    [
        ({}, {}, 1),
        ({}, {"web": "app_web", "logs": "app_logs"}, 3),
        ({"ROLE_WEB_DATABASE_USER": "w", "ROLE_LOGS_DATABASE_USER": "l"}, {"web": "w"}, 3),
    ],
)
def test_as_many_pools_are_counted_as_either_knows_of(
    settings: Settings, environ: dict[str, str], users: dict[str, str], logins: int
) -> None:
    settings.CONNECTION_BUDGET = budget_from_environment(BEHIND | environ, FLEET)
    settings.ROLE_DATABASE_USERS = users
    pooler = get_budget().pooler
    assert pooler is not None
    assert pooler.logins == logins
