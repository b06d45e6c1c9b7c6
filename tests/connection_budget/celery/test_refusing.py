"""A worker that is larger than its role, or of no role, ends. Celery goes on where one raises."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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


@contextmanager
def started(
    folder: Path, role: str, *arguments: str
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """The process, and what it says. Its children end with the block, too."""
    log = folder / "celery.log"
    with (
        log.open("w") as file,
        subprocess.Popen(
            command(*arguments),
            cwd=folder,
            env=environment(role),
            stdout=file,
            stderr=file,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield process, log
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def goes_on(log: Path) -> bool:
    """Whether a worker has greeted, or Celery has told what a receiver raised."""
    said = log.read_text()
    return "- celery@" in said or " raised: " in said


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
    with started(tmp_path, role, *arguments) as (process, log):  # beat leaves a file there
        wait_until(lambda: process.poll() is not None or goes_on(log))
        assert process.poll() not in {None, 0}
    assert said in log.read_text()


@pytest.fixture
def fitting(tmp_path: Path) -> Iterator[Path]:
    """The log of a worker as large as its role."""
    with started(tmp_path, "logs", "worker", "-c", "3", "-l", "info") as (process, log):
        yield log
        process.terminate()
        process.wait(60)


def test_a_worker_as_large_as_its_role_starts(fitting: Path) -> None:
    wait_until(lambda: "ready." in fitting.read_text())
