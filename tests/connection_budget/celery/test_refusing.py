"""A worker that is larger than its role, or of no role, ends. Celery goes on where one raises."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]

ROOT = Path(__file__).resolve().parents[3]
APP = "tests.connection_budget.celery.stranger"


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", APP, *arguments]


def environment(role: str) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.connection_budget.settings",
        "DATABASE_URL": "postgresql://nobody@/nothing?host=/nowhere",
        "PROCESS_ROLE": role,
        "ROLE_LOGS_PROCESSES": "3",
        "PYTHONPATH": str(ROOT),
    }


@pytest.mark.parametrize(
    ("role", "arguments", "said"),
    [
        ("logs", ("worker", "-c", "9"), "would start 9 children"),
        ("logs", ("worker", "--autoscale", "9,1"), "would start 9 children"),
        ("logs", ("worker", "-P", "threads", "-c", "9"), "would start 9 children"),
        ("nobody", ("worker", "-c", "1"), "PROCESS_ROLE='nobody'"),
        ("web", ("worker", "-c", "1"), "not one of a worker"),
        ("nobody", ("beat",), "PROCESS_ROLE='nobody'"),
    ],
)
def test_what_the_budget_does_not_hold_ends(
    tmp_path: Path, role: str, arguments: tuple[str, ...], said: str
) -> None:
    ended = subprocess.run(
        command(*arguments),
        cwd=tmp_path,  # beat leaves a file
        env=environment(role),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ended.returncode != 0
    assert said in ended.stderr


@pytest.fixture
def fitting(tmp_path: Path) -> Iterator[Path]:
    """The log of a worker as large as its role."""
    log = tmp_path / "worker.log"
    with (
        log.open("w") as file,
        subprocess.Popen(
            command("worker", "-c", "3", "-l", "info"),
            cwd=ROOT,
            env=environment("logs"),
            stdout=file,
            stderr=file,
        ) as process,
    ):
        yield log
        process.terminate()
        process.wait(60)


def test_a_worker_as_large_as_its_role_starts(fitting: Path) -> None:
    wait_until(lambda: "ready." in fitting.read_text())
