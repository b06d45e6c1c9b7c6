"""A size that was misspelt is told, and nobody else's variable is."""

from __future__ import annotations

import pytest

from connection_budget.budget.spelling import find_misspelt
from tests.connection_budget.fleet import FLEET

MISSPELT = [
    ("ROLE_WEB_CONECTIONS", "ROLE_WEB_CONNECTIONS"),
    ("ROLE_WEB_CONNECTION", "ROLE_WEB_CONNECTIONS"),
    ("ROLE_WEB_PROCESS", "ROLE_WEB_PROCESSES"),
    ("ROLE_WEBB_INSTANCES", "ROLE_WEB_INSTANCES"),
    ("ROLE_CONTENT_GENERATON_PROCESSES", "ROLE_CONTENT_GENERATION_PROCESSES"),
    ("ROLE_MAILER_PROCESSES", ""),
    ("DB_MAX_CONNECTION", "DB_MAX_CONNECTIONS"),
    ("DB_POOLER_MAXCLIENTS", "DB_POOLER_MAX_CLIENTS"),
    ("DATABASE_POOLLER", "DATABASE_POOLER"),
]
OTHERS = [
    "ROLE_WEB_CONNECTIONS",
    "ROLE_LOGS_DATABASE_USER",
    "ROLE_LOGS_DATABASE_PASSWORD",
    "DATABASE_POOLER",
    "DATABASE_URL",
    "DB_HOST",
    "DB_MAX_CONN_AGE",
    "DB_CONNECTIONS",
    "ROLE_ARN",
    "AWS_ROLE_WEB_CONNECTIONS",
    "MAX_CONNECTIONS",
    "role_web_conections",
    f"ROLE_{'WEB' * 100_000}_PROCESSES",
]


@pytest.mark.parametrize(("name", "meant"), MISSPELT)
def test_what_was_meant_is_told(name: str, meant: str) -> None:
    assert list(find_misspelt([*OTHERS, name], FLEET)) == [(name, meant)]


def test_what_is_read_or_anothers_is_not() -> None:
    assert list(find_misspelt(OTHERS, FLEET)) == []
