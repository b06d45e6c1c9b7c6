"""Five hundred concepts in one process: what is finished leaves it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from generation.port.goals import CONCEPTS as CONCEPTS_A_GOAL_MAY_HAVE
from tests.databases import database_url
from tests.generation.cast import ScriptedProvider, get_run, make_outline, open_run
from tests.waiting import wait_until

SCRIPT = Path(__file__).with_name("puller_process.py")
ROOT = SCRIPT.parents[3]
CONCEPTS = 500
LARGEST = CONCEPTS_A_GOAL_MAY_HAVE[-1]
LIMIT_MIB = 50
SAMPLE_SECONDS = 0.05
# Long ones: were the drafts kept, text and HTML, they would be more than the limit.
TUTORIAL_CHARACTERS = 59_000

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.wide,
    pytest.mark.timeout(300),
]


@pytest.fixture
def puller() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), str(CONCEPTS), "0", str(TUTORIAL_CHARACTERS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database_url(), "PYTHONPATH": str(ROOT)},
    )
    yield process
    process.kill()
    process.communicate()


def private_mib(pid: int) -> float:
    """Memory that only this process has: what would be free if it ended."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_memory_does_not_grow_with_the_concepts(puller: subprocess.Popen[str]) -> None:
    """From the moment it takes the run, to its peak. Private memory, sampled from outside."""
    run_id = open_large_run()
    begin(puller, run_id)
    before = private_mib(puller.pid)
    peak = before
    while get_run(run_id).state == "running":
        peak = max(peak, private_mib(puller.pid))
        time.sleep(SAMPLE_SECONDS)
    connection.close()
    assert get_run(run_id).state == "ready"
    assert peak - before < LIMIT_MIB


def open_large_run() -> uuid.UUID:
    """More concepts than anybody may ask for; the planner is told in the row."""
    run_id = open_run(ScriptedProvider(make_outline(LARGEST)))
    run = get_run(run_id)
    run.options["concepts"] = CONCEPTS
    run.save(update_fields=["options"])
    return run_id


def begin(puller: subprocess.Popen[str], run_id: uuid.UUID) -> None:
    assert puller.stdin is not None
    puller.stdin.write(f"{run_id}\n")
    puller.stdin.flush()
    wait_until(lambda: get_run(run_id).state != "queued")
