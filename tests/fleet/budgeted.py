"""A PostgreSQL that holds the fleet to its budget: every role a login with its own limit."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections
from psycopg.conninfo import conninfo_to_dict

from config.fleet import FLEET
from tests.servers import ThrowAwayServer

ROOT = Path(__file__).resolve().parents[2]
OWNER = DATABASE = "cairn"
LOGINS = {role.name: f"cairn_{role.name}" for role in FLEET}
# Roadmaps of one title that are ordered at once try the same address; the loser takes the next.
# We ask a server that starts whether it takes connections yet.
EXPECTED = "roadmaps_roadmap_slug_key|the database system is starting up"
PROBLEMS = re.compile(rf"\b(FATAL|PANIC|ERROR)\b(?!.*({EXPECTED}))|deadlock")
LOG = {"logging_collector": "on", "log_filename": "server.log"}


@contextmanager
def budgeted_server() -> Iterator[ThrowAwayServer]:
    """`max_connections` 100, migrated, `connection_budget --sql` applied."""
    with ThrowAwayServer(max_connections=100, **LOG) as server:
        server.execute(f"CREATE ROLE {OWNER} LOGIN")
        options = f"OWNER {OWNER} ENCODING 'UTF8' TEMPLATE template0"
        server.execute(f"CREATE DATABASE {DATABASE} {options}")
        server.execute(_manage(server, "connection_budget", "--sql"))
        _manage(server, "migrate", "-v", "0")
        yield server


def logins() -> dict[str, str]:
    """The environment that gives each role its login."""
    return {f"ROLE_{role.upper()}_DATABASE_USER": login for role, login in LOGINS.items()}


def owners_url(server: ThrowAwayServer) -> str:
    return server.url(OWNER, database=DATABASE)


def server_problems(server: ThrowAwayServer) -> list[str]:
    """What the server logged that should not have happened, since it was up."""
    log = (server.directory / "data" / "log" / "server.log").read_text(errors="replace")
    _, _, since_up = log.partition("ready to accept connections")
    return [line for line in since_up.splitlines() if PROBLEMS.search(line)]


@contextmanager
def orm_on(server: ThrowAwayServer) -> Iterator[None]:
    """Inside the block the test's own ORM looks at this server, as a command would."""
    usual = connections["default"]
    place = conninfo_to_dict(owners_url(server))
    other = usual.copy()
    other.settings_dict = usual.settings_dict | {
        "NAME": place["dbname"],
        "USER": place["user"],
        "PASSWORD": "",
        "HOST": place["host"],
        "PORT": "",
    }
    connections["default"] = other
    try:
        yield
    finally:
        other.close()
        connections["default"] = usual


def _manage(server: ThrowAwayServer, *arguments: str) -> str:
    variables = logins() | {
        "DATABASE_URL": owners_url(server),
        "DJANGO_SETTINGS_MODULE": "tests.fleet.settings",
        "PROCESS_ROLE": "command",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
