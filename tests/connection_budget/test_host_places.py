"""Places that the processes of a host share: one holder each, and none in a stranger's folder."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import pytest
from pytest_django import Settings

from connection_budget import host_places
from connection_budget.host_places import HostPlace, take_host_place


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"connection-budget-{os.getuid()}"


def take(name: str = "web", number: int = 2, *, seconds: float = 0) -> HostPlace | None:
    return take_host_place(name, number, seconds=seconds)


def test_there_are_as_many_as_are_asked_for_and_a_forgotten_one_is_free() -> None:
    held = [take() for _ in range(3)]
    assert [place is not None for place in held] == [True, True, False]
    del held[0]
    assert take() is not None


@pytest.mark.parametrize("key", ["HOST", "PORT", "NAME"])
def test_another_name_and_another_database_have_places_of_their_own(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    held = [take(number=1), take("command", number=1)]
    monkeypatch.setitem(settings.DATABASES["default"], key, "elsewhere")
    held.append(take(number=1))
    assert None not in held


def test_who_waits_gets_the_place_that_comes_free(monkeypatch: pytest.MonkeyPatch) -> None:
    held = [take(number=1)]
    looks: list[float] = []

    def sleep(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 3:
            held.clear()

    monkeypatch.setattr(time, "sleep", sleep)
    assert take(number=1, seconds=60) is not None
    assert looks == [host_places.LOOK_SECONDS] * 3


def test_the_folder_is_for_nobody_else(folder: Path) -> None:
    assert take() is not None
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


def test_a_folder_that_leads_elsewhere_is_refused(folder: Path, tmp_path: Path) -> None:
    """Our own, too: whoever may write beside it made the link."""
    (tmp_path / "elsewhere").mkdir()
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PermissionError, match="somebody else's"):
        take()


def test_a_strangers_folder_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: uid + 1)
    folder.with_name(f"connection-budget-{uid + 1}").mkdir()
    with pytest.raises(PermissionError, match="somebody else's"):
        take()
