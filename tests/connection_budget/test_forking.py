"""What a fork makes of parent and child."""

from __future__ import annotations

import gc
import os
import weakref
from collections.abc import Callable

import pytest
from asgiref.sync import SyncToAsync

from connection_budget import forks
from connection_budget.forks import Lineage, call_in_forked_child


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Callable[[], None]]]:
    """What would be called at a fork from now on."""
    found: list[dict[str, Callable[[], None]]] = []
    monkeypatch.setattr(os, "register_at_fork", lambda **told: found.append(told))
    return found


def test_a_parent_stays_one_when_it_begins_to_work_and_its_child_has_no_children(
    hooks: list[dict[str, Callable[[], None]]],
) -> None:
    lineage = Lineage()
    assert (lineage.is_child, lineage.has_children) == (False, False)
    hooks[0]["after_in_parent"]()
    lineage.works = True
    hooks[0]["after_in_parent"]()
    assert (lineage.is_child, lineage.has_children) == (False, True)
    hooks[0]["after_in_child"]()
    assert (lineage.is_child, lineage.has_children) == (True, False)


def test_what_a_process_forks_once_it_works_are_no_children_of_its_role(
    hooks: list[dict[str, Callable[[], None]]],
) -> None:
    lineage = Lineage()
    lineage.works = True
    hooks[0]["after_in_parent"]()
    assert not lineage.has_children


class Owner:
    def __init__(self) -> None:
        self.begun = 0
        call_in_forked_child(self.begin)

    def begin(self) -> None:
        self.begun += 1


def test_a_child_renews_what_still_lives_and_keeps_nothing_alive(
    hooks: list[dict[str, Callable[[], None]]],
) -> None:
    owner = Owner()
    hooks[0]["after_in_child"]()
    assert owner.begun == 1
    gone = weakref.ref(owner)
    del owner
    gc.collect()
    assert gone() is None
    hooks[0]["after_in_child"]()


def test_a_child_has_a_thread_of_its_own_for_asgiref(
    hooks: list[dict[str, Callable[[], None]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    parents = SyncToAsync.single_thread_executor
    monkeypatch.setattr(SyncToAsync, "single_thread_executor", parents)
    forks.renew_asgiref_thread_in_forked_children()
    hooks[0]["after_in_child"]()
    childs = SyncToAsync.single_thread_executor
    assert (childs is parents, childs._max_workers) == (False, 1)
