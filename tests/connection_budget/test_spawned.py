"""What a process of the fleet starts is a command, and lives from the operations reserve."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest
from celery.concurrency.prefork import TaskPool
from django.core.signals import request_started
from django.db import connections
from pytest_django import Settings

from connection_budget import spawned
from connection_budget.budget.budget import budget_from_environment
from connection_budget.cap import process
from connection_budget.conf import get_role_name
from connection_budget.contrib.celery import refusing
from connection_budget.forks import Lineage
from tests.connection_budget.fleet import FLEET


@pytest.fixture
def role(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """Of this process, as its settings and its environment say."""
    name = str(getattr(request, "param", "web"))
    monkeypatch.setenv("PROCESS_ROLE", name)
    monkeypatch.setenv(spawned.PARENT, "")
    monkeypatch.setattr(spawned, "lineage", Lineage())
    monkeypatch.setattr(spawned, "get_role_name", lambda: name)
    monkeypatch.setattr(spawned, "get_budget", lambda: budget_from_environment({}, FLEET))
    return name


@pytest.mark.parametrize("role", ["web", "workflow"], indirect=True)
def test_a_process_of_the_fleet_names_the_reserve_to_what_it_starts(role: str) -> None:
    for _ in range(2):
        spawned.count_spawned_on_reserve()
    assert os.environ["PROCESS_ROLE"] == "command"
    assert os.environ[spawned.PARENT] == f"{role}, process {os.getpid()}"
    assert spawned.about_parent() == "", "it is itself none of those"


def test_what_it_forks_is_a_command_too(
    role: str, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """Such a child reads no settings: they are changed in it."""
    hooks: list[dict[str, Callable[[], None]]] = []
    monkeypatch.setattr(os, "register_at_fork", lambda **told: hooks.append(told))
    options = {"application_name": "web"}
    monkeypatch.setitem(connections.settings, "forked", {"OPTIONS": options})
    settings.PROCESS_ROLE = "web"
    for _ in range(2):
        spawned.count_spawned_on_reserve()
    [hook] = hooks
    hook["after_in_child"]()
    assert (get_role_name(), options["application_name"]) == ("command", "command")


@pytest.mark.parametrize("role", ["command"], indirect=True)
def test_a_command_leaves_its_environment_as_it_is(role: str) -> None:
    spawned.count_spawned_on_reserve()
    assert (os.environ["PROCESS_ROLE"], os.environ[spawned.PARENT]) == ("command", "")


def test_a_role_that_was_said_in_another_way_is_left_alone(
    role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PROCESS_ROLE")
    spawned.count_spawned_on_reserve()
    assert "PROCESS_ROLE" not in os.environ


@pytest.mark.parametrize("role", ["command"], indirect=True)
def test_who_was_started_and_finds_no_connection_is_told_by_whom(
    role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert spawned.about_parent() == ""
    monkeypatch.setenv(spawned.PARENT, "web, process 7")
    assert "web, process 7, and counts on DB_RESERVED_CONNECTIONS" in spawned.about_parent()


def test_a_worker_without_children_works_itself(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--pool threads`: what its tasks fork is not counted as the children that it has not."""
    mine = Lineage()
    monkeypatch.setattr(spawned, "lineage", mine)
    refusing._work_alone(SimpleNamespace(pool=object.__new__(TaskPool)))
    assert (os.environ["PROCESS_ROLE"], mine.works) == (role, False)
    refusing._work_alone(SimpleNamespace(pool=object()))
    mine._have_children()
    assert (os.environ["PROCESS_ROLE"], mine.has_children) == ("command", False)


def test_a_process_that_serves_pages_begins_with_the_first_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counted: list[bool] = []
    monkeypatch.setattr(process, "count_spawned_on_reserve", lambda: counted.append(True))
    process.begin_with_first_request()
    request_started.send(sender=None)
    assert counted == [], "tests start what they like"
    monkeypatch.setattr(process, "is_testing", lambda: False)
    process.begin_with_first_request()
    for _ in range(2):
        request_started.send(sender=None)
    assert counted == [True]


def test_a_child_of_a_worker_does_so_when_it_begins(
    role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusing, "process_executor", object)
    refusing._have_lanes()
    assert os.environ["PROCESS_ROLE"] == "command"


def test_a_forked_child_that_is_a_command_already_and_names_of_ones_own_stay(
    role: str, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    options = {"application_name": "of our own"}
    monkeypatch.setitem(connections.settings, "forked", {"OPTIONS": options})
    monkeypatch.setattr(spawned, "get_role_name", get_role_name)
    settings.PROCESS_ROLE = "other"
    spawned._be_a_command(role, "command")
    assert settings.PROCESS_ROLE == "other"
    settings.PROCESS_ROLE = role
    spawned._be_a_command(role, "command")
    assert settings.PROCESS_ROLE == "command"
    assert options == {"application_name": "of our own"}


def test_without_a_reserve_nothing_is_counted_on_one(
    role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = replace(budget_from_environment({}, FLEET), reserve_roles=())
    monkeypatch.setattr(spawned, "get_budget", lambda: bare)
    spawned.count_spawned_on_reserve()
    assert os.environ["PROCESS_ROLE"] == role
