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
from collections.abc import Iterator
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
    "FLEET_DELAY_SECONDS": "0.3",
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


@pytest.fixture
def gates(tmp_path: Path) -> dict[str, Path]:
    """While these files are not there, nobody writes beyond a quarter, and beyond three."""
    return {name: tmp_path / name for name in ("FLEET_MIDDLE", "FLEET_END")}


def terminate_everybody(server: ThrowAwayServer) -> None:
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )


# By the way the run goes: through the queues, or in the command's own process.
BLOWS = {"--enqueue": ThrowAwayServer.restart, "--provider=slow": terminate_everybody}


@pytest.mark.parametrize(
    "way", [pytest.param("--enqueue", marks=pytest.mark.wide), "--provider=slow"]
)
def test_a_run_goes_on_after_it(
    fleet: Fleet, server: ThrowAwayServer, database: str, gates: dict[str, Path], way: str
) -> None:
    """Twice in one run."""

    def count(query: str) -> int:
        return int(server.execute(query, database=database)[0][0])

    variables = VARIABLES | {name: str(gate) for name, gate in gates.items()}
    if way == "--enqueue":
        fleet.start("workflow", "content_generation", "beat", **variables)
    order = ["generate_roadmap", "Tying knots", "--new", way, "--format=json"]
    process = fleet.command(*order, **variables)
    for gate, reached in zip(gates.values(), (1, CONCEPTS), strict=True):
        wait_until(lambda at=reached: count(READY) >= at)  # type: ignore[misc]  # bound now
        BLOWS[way](server)
        assert count(READY) < 3 * CONCEPTS
        gate.touch()
    stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 0, stderr
    assert json.loads(stdout)["run"]["state"] == "ready"
    assert {query: count(query) for query in EXPECTED} == EXPECTED
