"""What processes start or fork adds up, and all of it together stays within the reserve."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from connection_budget.budget.budget import budget_from_environment
from connection_budget.cap import CapReached, reserve
from connection_budget.forks import Lineage
from tests.connection_budget.cap.crowd import ROOT, Watch
from tests.connection_budget.fleet import FLEET
from tests.databases import database_url

RESERVE, CHILDREN = 3, 8


@pytest.fixture
def url(django_db_setup: None, django_db_blocker: Any) -> str:
    with django_db_blocker.unblock():
        return database_url()


class Forking:
    """A process of a role whose children all query at once."""

    def __init__(self, url: str, role: str, *, wait_seconds: float) -> None:
        name = f"forking-{os.getpid()}-{role}"
        self._watch = Watch(url, name)
        self._environment = os.environ | {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "tests.connection_budget.settings",
            "PROCESS_ROLE": role,
            "DB_RESERVED_CONNECTIONS": str(RESERVE),
            "CONNECTION_BUDGET_WAIT_SECONDS": str(wait_seconds),
            "DATABASE_CONNECT_TIMEOUT": "60",
            "WEB_APPLICATION_NAME": name,
            "PYTHONPATH": str(ROOT),
        }

    def run(self, *, keep: bool) -> tuple[list[str], int]:
        """What each child was told, and the most connections that the server has shown."""
        module = "tests.connection_budget.cap.forking_process"
        warnings = ("-W", "ignore:This process:DeprecationWarning")
        with (
            self._watch.looking(),
            subprocess.Popen(
                [sys.executable, *warnings, "-m", module, str(CHILDREN)],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.PIPE if keep else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                text=True,
            ) as process,
        ):
            assert process.stdout is not None
            told = [process.stdout.readline().strip() for _ in range(CHILDREN)]
            if process.stdin is not None:
                process.stdin.close()
        return told, self._watch.most_since_asked()


# The parent counts on its role, or as a command on the reserve as well.
@pytest.mark.slow
@pytest.mark.timeout(200)
@pytest.mark.parametrize(("role", "served", "most"), [("beat", 3, 4), ("command", 2, 3)])
def test_children_that_keep_their_connections_are_no_more_than_the_reserve(
    url: str, role: str, served: int, most: int
) -> None:
    told, seen = Forking(url, role, wait_seconds=0.2).run(keep=True)
    assert (told.count("served"), seen) == (served, most)
    refusals = [line for line in told if line != "served"]
    assert all("DB_RESERVED_CONNECTIONS" in refusal for refusal in refusals)
    assert all(("role beat, process" in refusal) == (role == "beat") for refusal in refusals)


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_children_that_end_are_all_served(url: str) -> None:
    told, seen = Forking(url, "beat", wait_seconds=100).run(keep=False)
    assert told == ["served"] * CHILDREN
    assert seen <= 1 + RESERVE


@pytest.fixture
def lineage(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> Lineage:
    """Of this process, a command outside tests, with a reserve of two."""
    settings.CONNECTION_BUDGET = budget_from_environment({"DB_RESERVED_CONNECTIONS": "2"}, FLEET)
    settings.PROCESS_ROLE = "command"
    settings.CONNECTION_BUDGET_WAIT_SECONDS = 0
    made = Lineage()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(reserve, "is_testing", lambda: False)
    monkeypatch.setattr(reserve, "lineage", made)
    return made


def test_a_command_by_hand_counts_but_is_not_refused(lineage: Lineage) -> None:
    held = [reserve.take_on_reserve() for _ in range(3)]
    assert [place is not None for place in held] == [True, True, False]
    lineage.is_child = True
    with pytest.raises(CapReached, match="All 2 connections of the operations reserve"):
        reserve.take_on_reserve()
    held.clear()
    assert reserve.take_on_reserve() is not None


def test_where_places_cannot_be_had_nobody_is_refused(lineage: Lineage, tmp_path: Path) -> None:
    lineage.is_child = True
    (tmp_path / f"connection-budget-{os.getuid()}").write_text("a file in the way")
    assert reserve.take_on_reserve() is None


def test_a_process_of_the_fleet_needs_none(lineage: Lineage, settings: Settings) -> None:
    settings.PROCESS_ROLE = "beat"
    assert reserve.take_on_reserve() is None
