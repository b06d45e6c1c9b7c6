"""The numbers of the fleet through the web role, while workers contend and while they die."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from config.embedded.processes import command_line
from tests.databases import database_url
from tests.fleet.fleet import Fleet
from tests.fleet.web import Web
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fleet, pytest.mark.timeout(200)]

SMALL = {"ROLE_WEB_PROCESSES": "2", "ROLE_CONTENT_GENERATION_PROCESSES": "1", "SWEEP_SECONDS": "60"}
SLOW = {"FLEET_CONCEPTS": "24", "FLEET_DELAY_SECONDS": "0.5", "BATCH_MAX_SECONDS": "0.05"}


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    connection.close()
    with Fleet(tmp_path, database_url()) as fleet:
        yield fleet


def children_of(parent: int) -> list[int]:
    tasks = Path(f"/proc/{parent}/task")
    return [
        int(pid)
        for task in tasks.iterdir()
        for pid in (task / "children").read_text().split()
        if "celery" in command_line(int(pid))
    ]


@pytest.mark.wide
def test_waiting_tasks_are_shown_while_permits_are_contended_and_gone_after(
    fleet: Fleet, observer: psycopg.Connection
) -> None:
    web = Web(fleet, **SMALL)
    for role in ("workflow", "content_generation"):
        fleet.start(role, **SMALL, **SLOW)
    process = fleet.order("Tying knots", **SMALL, **SLOW)
    try:
        wait_until(lambda: web.metric("db_batch_seconds_count") > 0)
        batches = web.metric("db_batch_seconds_count")
        with observer.transaction():
            observer.execute("LOCK TABLE concepts_artifact IN ACCESS EXCLUSIVE MODE")
            wait_until(lambda: web.waiting() > 0)
            assert web.metric("db_lane_running") >= 1
            for child in children_of(fleet.pid("content_generation")):
                os.kill(child, signal.SIGKILL)
            wait_until(lambda: web.waiting() == 0, seconds=3)
        # The task comes back to a new child, and the same again: the main process this time.
        wait_until(lambda: web.metric("llm_in_flight") > 0)
        with observer.transaction():
            observer.execute("LOCK TABLE concepts_artifact IN ACCESS EXCLUSIVE MODE")
            wait_until(lambda: web.waiting() > 0)
            fleet.stop("content_generation", signal.SIGKILL)
            # Who ordered looks on in a lane of its own, which waits for a moment now and then.
            wait_until(lambda: web.waiting() == 0, seconds=3)
            assert web.metric("llm_in_flight") == 0
        assert web.metric("db_batch_seconds_count") >= batches, "what the dead have counted is kept"
        _check_the_rest(web)
    finally:
        process.kill()
        process.communicate()


def _check_the_rest(web: Web) -> None:
    body = web.get("/metrics")[1]
    assert web.get("/metrics", token="another")[0] == 401
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    checked = subprocess.run(
        [promtool, "check", "metrics"], input=body, capture_output=True, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")
    assert web.metric('db_connection_budget{role="web"}') == 2 * (4 + 1)
    # Both web processes have a sampler, and no page was asked for.
    wait_until(lambda: web.metric('db_connections_live{role="web"}') >= 2)
    wait_until(lambda: web.health()["workers"]["workflow"]["alive"] is True)
    wait_until(lambda: web.health()["workers"]["content_generation"]["alive"] is False)
    assert web.health()["redis"] == {"status": "healthy"}
