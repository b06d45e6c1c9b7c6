"""Fault scenario 9, database restart, the workers' half.

The pages' is in tests/connection_budget/postgresql/test_outages.py.

Scenario: `pg_terminate_backend` of all, and `restart -m immediate`, during load. Pass: recovery in
less than 2 s per process, no finished work lost, no batch lost, nothing twice.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fleet.fleet import ROOT, Fleet
from tests.servers import ThrowAwayServer
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.fleet,
    pytest.mark.timeout(240),
]

CONCEPTS = 24
VARIABLES = {
    "ROLE_CONTENT_GENERATION_PROCESSES": "2",
    "SWEEP_SECONDS": "2",
    "FLEET_CONCEPTS": str(CONCEPTS),
    "FLEET_DELAY_SECONDS": "0.5",
}
READY = "SELECT count(*) FROM concepts_artifact WHERE state = 'ready'"
# query -> how many rows a finished run of CONCEPTS has, each exactly once
EXPECTED = {
    READY: 3 * CONCEPTS,
    "SELECT count(*) FROM concepts_tutorial": CONCEPTS,
    "SELECT count(*) FROM concepts_resource": 3 * CONCEPTS,
    "SELECT count(*) FROM concepts_question": 5 * CONCEPTS,
    "SELECT count(*) FROM generation_generationevent WHERE type = 'artifact_ready'": 3 * CONCEPTS,
    "SELECT max(last_seq) - (SELECT count(*) FROM generation_generationevent)"
    " FROM generation_generationrun": 0,
}


@pytest.fixture(scope="module")
def server() -> Iterator[ThrowAwayServer]:
    with ThrowAwayServer(max_connections=100) as server:
        server.execute("CREATE DATABASE migrated")
        url = server.url(database="migrated")
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity=0"],
            check=True,
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": url},
        )
        yield server


@pytest.fixture
def database(server: ThrowAwayServer) -> str:
    name = f"cairn_{uuid.uuid4().hex}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE migrated")
    return name


@pytest.fixture
def fleet(server: ThrowAwayServer, database: str, tmp_path: Path) -> Iterator[Fleet]:
    with Fleet(tmp_path, server.url(database=database)) as fleet:
        yield fleet


def run(fleet: Fleet, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=fleet.environment(**VARIABLES),
    )


def terminate_everybody(server: ThrowAwayServer) -> None:
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )


@pytest.mark.parametrize(
    ("blow", "way"),
    [(ThrowAwayServer.restart, "--enqueue"), (terminate_everybody, "--provider=slow")],
)
def test_a_run_goes_on_after_it(
    fleet: Fleet,
    server: ThrowAwayServer,
    database: str,
    blow: Callable[[ThrowAwayServer], None],
    way: str,
) -> None:
    """Through the queues, and in the command's own process; twice in one run."""

    def count(query: str) -> int:
        return int(server.execute(query, database=database)[0][0])

    def count_ready() -> int:
        return count(READY)

    if way == "--enqueue":
        for role in ("workflow", "content_generation", "beat"):
            fleet.start(role, **VARIABLES)
    process = run(fleet, "generate_roadmap", "Tying knots", "--new", way, "--format=json")
    wait_until(lambda: count_ready() >= 1)
    assert count_ready() < CONCEPTS
    blow(server)
    wait_until(lambda: count_ready() >= CONCEPTS)
    assert count_ready() < 3 * CONCEPTS
    blow(server)
    stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 0, stderr
    assert json.loads(stdout)["run"]["state"] == "ready"
    assert {query: count(query) for query in EXPECTED} == EXPECTED
