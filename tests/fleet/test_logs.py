"""Every line of every role: one JSON object that says whose it is, and keeps secrets."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.config.test_serve import free_port
from tests.config.test_settings import STRONG_KEY
from tests.databases import database_url
from tests.fleet.fleet import ROOT, Fleet
from tests.fleet.leaky import SECRET
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.fleet,
    pytest.mark.wide,
    pytest.mark.timeout(300),
]

ROLES = ("web", "workflow", "content_generation", "logs", "beat")
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "tests.fleet.json_settings",
    "SECRET_KEY": STRONG_KEY,
    "ALLOWED_HOSTS": "127.0.0.1",
    "SITE_URL": "http://127.0.0.1",
    "EMAIL_URL": "consolemail://",
    "LOG_LEVEL": "DEBUG",
    "SWEEP_SECONDS": "1",
    "ROLE_WEB_PROCESSES": "2",
    "ROLE_CONTENT_GENERATION_PROCESSES": "1",
    "ROLE_WORKFLOW_PROCESSES": "1",
    "ROLE_LOGS_PROCESSES": "1",
}
SWEEP = "generation.tasks.sweep_runs"
Line = dict[str, Any]


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    connection.close()
    with Fleet(tmp_path, database_url()) as fleet:
        yield fleet


def order(fleet: Fleet) -> str:
    """The id of a finished run."""
    command = [
        "generate_roadmap",
        "Tying knots",
        "--new",
        "--enqueue",
        "--concepts",
        "4",
        "--format",
        "json",
    ]
    outcome = subprocess.run(
        [sys.executable, "manage.py", *command],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=fleet.environment(**PRODUCTION),
        check=False,
        timeout=120,
    )
    assert outcome.returncode == 3, outcome.stderr
    run_id: str = json.loads(outcome.stdout)["run"]["id"]
    return run_id


def visit(port: int, path: str) -> None:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}{path}").close()
    except urllib.error.HTTPError as error:
        error.close()


def lines_of(fleet: Fleet, role: str) -> list[Line]:
    return [json.loads(line) for line in fleet.log(role).splitlines()]


def sweeps(fleet: Fleet) -> list[Line]:
    return [line for line in lines_of(fleet, "workflow") if line.get("task") == SWEEP]


def test_every_line_is_json_and_says_whose_it_is(fleet: Fleet) -> None:
    port = free_port()
    for role in ROLES:
        fleet.start(role, **PRODUCTION, PORT=str(port))
    visit(port, f"/nowhere/?token={SECRET}")
    run_id = order(fleet)
    swept = len(sweeps(fleet))
    wait_until(lambda: len(sweeps(fleet)) > swept)
    for role in ROLES:
        fleet.stop(role, signal.SIGTERM)

    everything: list[Line] = []
    for role in ROLES:
        lines = lines_of(fleet, role)
        assert {line["role"] for line in lines} == {role}
        assert all({"event", "level", "logger", "timestamp"} <= set(line) for line in lines)
        assert SECRET not in fleet.log(role)
        everything += lines

    writing = [line for line in everything if str(line.get("task", "")).endswith("pull_artifacts")]
    assert {line.get("run") for line in writing} == {run_id}
    # The same child, before and after: nothing of one task is left to the next.
    assert not [line for line in sweeps(fleet) if "run" in line or "artifact" in line]
    assert_events(everything, run_id)


def assert_events(lines: list[Line], run_id: str) -> None:
    told: dict[str, list[Line]] = {}
    for line in lines:
        told.setdefault(line["event"], []).append(line)
    for event in ("run_claimed", "content_generation_parallel_config", "db_batch_committed"):
        assert {line["run"] for line in told[event]} == {run_id}
    assert any(line.get("run") == run_id for line in told["db_semaphore_acquired"])
    assert any(line.get("run") == run_id for line in told["db_semaphore_released"])
    (retried,) = [line for line in told["llm_request_retried"] if line["attempt"] == 1]
    assert retried["artifact"].endswith("/quiz")
    (failed,) = told["artifact_failed"]
    assert failed["artifact"].endswith("/tutorial")
    (crashed,) = told["provider_failed"]
    assert (crashed["artifact"], crashed["run"]) == (failed["artifact"], run_id)
    assert "RuntimeError" in crashed["exception"]
    (finished,) = told["run_finished"]
    assert (finished["state"], finished["ready"], finished["failed"]) == ("partial", 11, 1)
    assert any("said to stderr" in event for event in told)
    assert any("UserWarning" in event for event in told)
    assert any('"GET /nowhere/' in event for event in told)
    assert any("shutdown (MainProcess)" in event for event in told)
