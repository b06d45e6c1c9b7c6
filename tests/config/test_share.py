"""How a role's processes are split over its instances."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from config.serve.roles import ROOT


def ask_share(**variables: str) -> subprocess.CompletedProcess[str]:
    away = {"DATABASE_URL": "postgresql://x@127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1"}
    return subprocess.run(
        [sys.executable, "-m", "config.serve.share"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | away | variables,
        check=False,
    )


@pytest.mark.parametrize(("processes", "instances", "each"), [(4, 1, 4), (5, 2, 3), (3, 3, 1)])
def test_every_instance_starts_the_same_number_rounded_up(
    processes: int, instances: int, each: int
) -> None:
    sizes = {"ROLE_WEB_PROCESSES": str(processes), "ROLE_WEB_INSTANCES": str(instances)}
    assert ask_share(PROCESS_ROLE="web", **sizes).stdout == f"{each}\n"


def test_what_rounding_adds_is_counted_before_anything_starts() -> None:
    # 25 for 5 web processes, 21 for the others and 13 in reserve are 59; 6 web processes are 64
    sizes = {"ROLE_WEB_PROCESSES": "5", "ROLE_WEB_INSTANCES": "2", "DB_MAX_CONNECTIONS": "59"}
    outcome = ask_share(PROCESS_ROLE="web", **sizes)
    assert outcome.returncode == 1
    assert "each of 2 instances starts 3" in outcome.stderr
    assert not outcome.stdout
