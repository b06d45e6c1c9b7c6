"""With the printed SQL applied, a script that takes all it can harms its own role alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import quote

import psycopg
import pytest

from config.fleet import FLEET
from config.serve.roles import ROOT
from connection_budget.budget.budget import budget_from_environment
from tests.embedded.checkouts import Checkout
from tests.embedded.servers import Server

pytestmark = pytest.mark.slow
BUDGET = budget_from_environment({}, FLEET)
LOGINS = {role.name: f"cairn_{role.name}" for role in BUDGET.roles}
ASK = "import django; django.setup(); from django.db import connection; connection.cursor()"
FULL = "too many connections for role"


class Rogue(ExitStack):
    """Opens connections until the server refuses one; closes them all in the end."""

    def __init__(self, server: Server, login: str) -> None:
        super().__init__()
        self.connections = 0
        self.refusal = ""
        while not self.refusal:
            try:
                self.enter_context(server.login(login))
                self.connections += 1
            except psycopg.OperationalError as error:
                self.refusal = str(error)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """What the command prints was applied."""
    checkout = Checkout("rogue")
    try:
        checkout.postgres.join()
        server = Server(checkout)
        for login in ("cairn", *LOGINS.values()):
            server.set_password(login)
        server.apply(run(server, "manage.py", "connection_budget", "--sql").stdout)
        yield server
    finally:
        checkout.remove()


def run(server: Server, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    place = server.checkout.postgres.connection
    users = {f"ROLE_{role.upper()}_DATABASE_USER": login for role, login in LOGINS.items()}
    environment = {
        "DATABASE_URL": f"postgresql://cairn:secret@/{place['dbname']}"
        f"?host={quote(place['host'])}&port={place['port']}",
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
        **users,
    }
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | environment | variables,
        timeout=100,
        check=False,
    )


def test_a_rogue_script_takes_its_own_roles_connections_alone(server: Server) -> None:
    with Rogue(server, LOGINS["logs"]) as rogue, ExitStack() as others:
        assert rogue.connections == 2 * BUDGET.role("logs").peak
        assert f'{FULL} "cairn_logs"' in rogue.refusal
        for role in BUDGET.roles:
            if role.name != "logs":
                for _ in range(role.peak):
                    others.enter_context(server.login(LOGINS[role.name]))
        others.enter_context(server.login("cairn"))


@pytest.mark.wide
@pytest.mark.parametrize("role", ["web", "logs"])
def test_the_error_of_its_victims_names_the_true_cause(server: Server, role: str) -> None:
    """Also behind the web's pool, which by itself would only say that it waited."""
    with Rogue(server, LOGINS[role]):
        outcome = run(server, "-c", ASK, PROCESS_ROLE=role)
    assert outcome.returncode == 1
    said = outcome.stderr.rstrip().splitlines()[-1]
    assert f'{FULL} "{LOGINS[role]}"' in said
    assert run(server, "-c", ASK, PROCESS_ROLE=role).returncode == 0


@pytest.mark.wide
def test_whoever_looks_sees_who_takes_them(server: Server) -> None:
    with Rogue(server, LOGINS["logs"]):
        outcome = run(server, "manage.py", "connection_budget", "--live")
    assert f"12 as (no application name): cairn_logs at {connection_name(server)}" in outcome.stdout


def connection_name(server: Server) -> str:
    return server.checkout.postgres.connection["dbname"]


@pytest.mark.wide
def test_a_limit_below_the_budget_is_found_by_the_check(server: Server) -> None:
    check = ("manage.py", "check", "--database", "default")
    assert run(server, *check).returncode == 0
    larger = run(server, *check, ROLE_LOGS_PROCESSES="20")
    assert larger.returncode == 1
    assert "logs: the login cairn_logs has CONNECTION LIMIT 12, less than the 22" in larger.stderr
