"""The main job through the three queues, on real processes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from generation.models import GenerationRun
from generation.selectors import get_run_progress
from tests.databases import database_url
from tests.fleet.fleet import ROOT, Fleet
from tests.generation.cast import assert_complete, get_run
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fleet, pytest.mark.timeout(300)]

WORKERS = ("workflow", "content_generation")
SMALL = {"ROLE_CONTENT_GENERATION_PROCESSES": "2", "SWEEP_SECONDS": "2"}


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    connection.close()
    with Fleet(tmp_path, database_url()) as fleet:
        yield fleet


def order(fleet: Fleet, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    command = ["generate_roadmap", "Tying knots", "--new", "--enqueue", "--format", "json"]
    return subprocess.Popen(
        [sys.executable, "manage.py", *command, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=fleet.environment(**(SMALL | variables)),
    )


def test_a_roadmap_goes_through_the_queues(fleet: Fleet) -> None:
    for role in WORKERS:
        fleet.start(role, **SMALL, FLEET_CONCEPTS="24")
    process = order(fleet, FLEET_CONCEPTS="24")
    stdout, stderr = process.communicate(timeout=100)
    assert process.returncode == 0, stderr
    report = json.loads(stdout)
    assert report["counts"]["tutorials"] == report["counts"]["quizzes"] == 24
    assert 1 <= report["connections"]["peak"] <= report["connections"]["budget"]
    assert_complete(report["run"]["id"], 24)


@pytest.mark.parametrize("role", WORKERS)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_role_that_dies_and_comes_back_costs_only_time(
    fleet: Fleet, role: str, number: signal.Signals
) -> None:
    variables = SMALL | {"FLEET_CONCEPTS": "24", "FLEET_DELAY_SECONDS": "1.0"}
    for name in (*WORKERS, "beat"):
        fleet.start(name, **variables)
    process = order(fleet, **variables)
    wait_until(lambda: any(get_run_progress(run.pk).ready for run in GenerationRun.objects.all()))
    fleet.stop(role, number)
    fleet.start(role, **variables)
    stdout, stderr = process.communicate(timeout=150)
    assert process.returncode == 0, stderr
    run_id = json.loads(stdout)["run"]["id"]
    assert get_run(run_id).state == "ready"
    assert_complete(run_id, 24)


def test_no_role_ever_has_more_connections_than_its_peak(
    fleet: Fleet, observer: psycopg.Connection
) -> None:
    variables = SMALL | {"FLEET_CONCEPTS": "50", "FLEET_DELAY_SECONDS": "0.3"}
    for role in WORKERS:
        fleet.start(role, **variables)
    orders = [order(fleet, **variables) for _ in range(6)]
    most: dict[str, int] = {}
    while any(process.poll() is None for process in orders):
        rows = observer.execute(
            "SELECT application_name, count(*) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND datname = current_database() GROUP BY 1"
        )
        for role, count in rows:
            most[role] = max(most.get(role, 0), count)
    assert [process.wait() for process in orders] == [0] * 6
    assert most["content_generation"] <= (2 + 1) * 1 + 1
    assert most["workflow"] <= (2 + 1) * 1 + 1
    for run in GenerationRun.objects.all():
        assert_complete(run.pk, 50)
    for process in orders:
        process.communicate()
