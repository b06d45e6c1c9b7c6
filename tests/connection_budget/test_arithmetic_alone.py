"""The arithmetic can be had alone: Django, any database, no driver, none of what is optional."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = """
import sys

for absent in ("psycopg", "psycopg_pool", "structlog", "prometheus_client", "celery", "channels"):
    sys.modules[absent] = None

import importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if sys.modules.get(name, 0) is None else find(
    name, *rest
)

import django
from django.conf import settings
from django.core.management import CommandError, call_command
from connection_budget import PREFORK, WEB, Role, budget_from_environment

FLEET = [
    Role("web", connections=4, processes=4, kind=WEB),
    Role("mailer", connections=1, processes=2, kind=PREFORK),
]
settings.configure(
    INSTALLED_APPS=["connection_budget"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    CONNECTION_BUDGET=budget_from_environment(__import__("os").environ, FLEET),
)
django.setup()
call_command("check", fail_level="WARNING")
call_command("check", databases=["default"], fail_level="WARNING")
call_command("migrate", verbosity=0)
call_command("connection_budget")
try:
    call_command("connection_budget", live=True)
except CommandError as error:
    print(error)
"""


def project(**variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROJECT],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_table_is_printed_beside_sqlite_and_without_a_driver() -> None:
    done = project()
    assert done.returncode == 0, done.stderr
    (total,) = [line for line in done.stdout.splitlines() if line.startswith("total")]
    assert total.split()[-1] == "24"
    assert "ask a PostgreSQL; the default database is sqlite." in done.stdout


def test_what_does_not_fit_is_told_by_check() -> None:
    done = project(DB_MAX_CONNECTIONS="20")
    assert done.returncode != 0
    assert "connection_budget.E001" in done.stderr
