"""Web processes beside each other have as many places as the role declares."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from connection_budget.budget.refusal import BudgetRefused
from connection_budget.budget.roles import WEB, Role
from connection_budget.contrib.asgi import processes
from connection_budget.host_places import HostPlace

TWO = Role("web", connections=1, processes=2, kind=WEB)


class Siblings:
    """Each begins in this process, which forgets it at once."""

    def __init__(self) -> None:
        self._places: list[HostPlace] = []

    def begin(self) -> None:
        processes.take_process_place(TWO, seconds=0)
        self._places.append(processes._held.pop(os.getpid()))

    def end(self) -> None:
        self._places.pop()


@pytest.fixture
def siblings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Siblings:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(processes, "_held", {})
    return Siblings()


def test_one_process_more_than_declared_finds_no_place(siblings: Siblings) -> None:
    siblings.begin()
    siblings.begin()
    with pytest.raises(BudgetRefused, match="would be one more than the 2 of the role web"):
        siblings.begin()


def test_the_place_of_a_process_that_ended_is_free(siblings: Siblings) -> None:
    siblings.begin()
    siblings.begin()
    siblings.end()
    siblings.begin()


def test_a_process_takes_one_place_however_often_it_asks(siblings: Siblings) -> None:
    for _ in range(3):
        processes.take_process_place(TWO, seconds=0)
    assert list(processes._held) == [os.getpid()]
