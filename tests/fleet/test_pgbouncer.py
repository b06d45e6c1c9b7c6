"""Everything behind a real PgBouncer in transaction mode, within its connections."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import psycopg
import pytest
from django.db import connection
from psycopg.sql import SQL, Identifier

from tests.fleet.fleet import ROOT, Fleet
from tests.fleet.pgbouncer import PROGRAM, PgBouncer
from tests.fleet.web import Web
from tests.generation.cast import assert_complete
from tests.waiting import wait_until

POOL_SIZE, MAX_CLIENTS = 3, 60
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.fleet,
    pytest.mark.wide,
    pytest.mark.timeout(300),
    pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed"),
]
SIZES = {"ROLE_CONTENT_GENERATION_PROCESSES": "4", "ROLE_WEB_PROCESSES": "1", "SWEEP_SECONDS": "2"}
ORDER = ["manage.py", "generate_roadmap", "Tying knots", "--new", "--format", "json"]


@pytest.fixture
def pgbouncer(transactional_db: None) -> Iterator[PgBouncer]:
    connection.ensure_connection()
    with PgBouncer(pool_size=POOL_SIZE, max_clients=MAX_CLIENTS) as pgbouncer:
        connection.close()
        yield pgbouncer


@pytest.fixture
def fleet(tmp_path: Path, pgbouncer: PgBouncer) -> Iterator[Fleet]:
    with Fleet(tmp_path, pgbouncer.url()) as fleet:
        yield fleet


class ServerConnections:
    """The most that the test database had beside the one that looks."""

    def __init__(self, observer: psycopg.Connection) -> None:
        self._observer = observer
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.most = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.02):
            row = self._observer.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
                " AND datname = current_database() AND pid <> pg_backend_pid()"
            ).fetchone()
            assert row is not None
            self.most = max(self.most, row[0])


def run(
    fleet: Fleet, pgbouncer: PgBouncer, *arguments: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=fleet.environment(**pgbouncer.variables, **(SIZES | variables)),
        timeout=150,
        check=False,
    )


def test_a_command_writes_a_roadmap(
    fleet: Fleet, pgbouncer: PgBouncer, observer: psycopg.Connection
) -> None:
    migrated = run(fleet, pgbouncer, "manage.py", "migrate", "--check")
    assert migrated.returncode == 0, migrated.stderr
    with ServerConnections(observer) as seen:
        outcome = run(fleet, pgbouncer, *ORDER, FLEET_CONCEPTS="24")
    assert outcome.returncode == 0, outcome.stderr
    report = json.loads(outcome.stdout)
    assert report["connections"] == {"peak": 1, "budget": 2}
    assert_complete(report["run"]["id"], 24)
    assert 1 <= seen.most <= POOL_SIZE


def test_the_fleet_writes_and_shows_a_roadmap(
    fleet: Fleet, pgbouncer: PgBouncer, observer: psycopg.Connection
) -> None:
    variables = pgbouncer.variables | SIZES | {"FLEET_CONCEPTS": "24"}
    with ServerConnections(observer) as seen:
        for role in ("workflow", "content_generation"):
            fleet.start(role, **variables)
        web = Web(fleet, **variables)
        outcome = run(fleet, pgbouncer, *ORDER, "--enqueue", FLEET_CONCEPTS="24")
        assert outcome.returncode == 0, outcome.stderr
        report = json.loads(outcome.stdout)
        slug = report["roadmap"]["slug"]
        statuses = {web.get(path)[0] for path in ("/", f"/roadmaps/{slug}/", "/health")}
        assert statuses == {200}
        live = run(fleet, pgbouncer, "manage.py", "connection_budget", "--live")
        assert live.returncode == 0, live.stderr
    assert_complete(report["run"]["id"], 24)
    assert 1 <= seen.most <= POOL_SIZE


def test_more_clients_than_server_connections_wait_their_turn(
    pgbouncer: PgBouncer, observer: psycopg.Connection
) -> None:
    def work(_number: int) -> None:
        with pgbouncer.connect() as session:
            session.execute("SELECT pg_sleep(0.2)")

    with ServerConnections(observer) as seen, ThreadPoolExecutor(4 * POOL_SIZE) as threads:
        list(threads.map(work, range(4 * POOL_SIZE)))
    assert seen.most == POOL_SIZE


def test_one_client_too_many_is_refused_with_the_true_cause(pgbouncer: PgBouncer) -> None:
    with ExitStack() as clients:
        for _ in range(MAX_CLIENTS):
            clients.enter_context(pgbouncer.connect())
        with pytest.raises(psycopg.OperationalError, match="no more connections allowed"):
            pgbouncer.connect()


def test_a_statement_past_its_deadline_is_cancelled_through_the_pooler(
    fleet: Fleet, pgbouncer: PgBouncer
) -> None:
    outcome = run(fleet, pgbouncer, str(ROOT / "tests/fleet/pooled_deadline.py"))
    assert outcome.stdout == "timed out 42 True\n", outcome.stderr


def test_what_does_not_fit_the_pooler_is_refused(fleet: Fleet, pgbouncer: PgBouncer) -> None:
    outcome = run(fleet, pgbouncer, *ORDER, ROLE_LOGS_PROCESSES="90")
    assert outcome.returncode == 1
    assert f"> {MAX_CLIENTS}" in outcome.stderr
    assert "DB_POOLER_MAX_CLIENTS" in outcome.stderr


@pytest.fixture
def empty_database(observer: psycopg.Connection) -> Iterator[str]:
    name = f"pooled_{uuid.uuid4().hex}"
    observer.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    yield name

    def drop() -> bool:
        try:
            observer.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
            return False  # the server's own vacuum is in there, and nobody may end that
        return True

    wait_until(drop)


def test_one_process_at_a_time_migrates(
    fleet: Fleet, pgbouncer: PgBouncer, empty_database: str
) -> None:
    """Three want to; the pool has three connections, and the one that migrates needs two."""
    variables = {
        **pgbouncer.variables,
        "DATABASE_URL": pgbouncer.url(empty_database),
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
        "CONTENT_PROVIDER": "catalogue",
    }
    command = [sys.executable, "manage.py", "generate_roadmap", "--resume", str(uuid.uuid4())]
    processes = [
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            env=os.environ | fleet.environment(**variables),
        )
        for _ in range(3)
    ]
    for process in processes:
        said, _ = process.communicate(timeout=120)
        assert "Traceback" not in said, said
        assert "no run" in said.lower(), said
    with pgbouncer.connect(empty_database) as session:
        applied = session.execute(
            "SELECT count(*), count(DISTINCT (app, name)) FROM django_migrations"
        )
        row = applied.fetchone()
    assert row is not None
    assert row[0] == row[1] > 0
