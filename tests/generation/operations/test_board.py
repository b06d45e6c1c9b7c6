"""What the page says of everything but the runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import django
import pytest
from django.db import connection
from django.test import Client

from connection_budget.watch.monitoring import Monitor
from generation.operations.versions import cairn_version
from tests.generation.operations.conftest import SNAPSHOT
from tests.generation.operations.looking import look, part


def test_each_roles_connections_stand_beside_its_budget(staff: Client, settings: Any) -> None:
    said = part(staff, "connections")
    budget = settings.CONNECTION_BUDGET
    assert f"web 7 of {budget.role('web').peak}" in said
    assert f"workflow 2 of {budget.role('workflow').peak}" in said
    assert f"logs 0 of {budget.role('logs').peak}" in said
    assert f"12 open in all; the server has 100, of which {budget.reserved} are kept free." in said


def test_a_role_over_its_budget_is_told_in_words(staff: Client, settings: Any) -> None:
    assert settings.CONNECTION_BUDGET.role("beat").peak == 1
    said = part(staff, "connections")
    assert "beat 3 of 1 over its budget" in said
    assert said.count("over its budget") == 1


def test_what_the_server_did_not_tell_is_not_known_rather_than_none(
    staff: Client, monitor: Monitor
) -> None:
    monitor.sampler.snapshot = replace(SNAPSHOT, reachable=False)
    said = part(staff, "connections")
    assert "web unknown of" in said
    assert "could not be asked" in said
    assert "open in all" not in said


def test_lost_slots_are_told(staff: Client, monitor: Monitor) -> None:
    monitor.sampler.snapshot = replace(SNAPSHOT, lost=2)
    assert "2 are lost." in part(staff, "connections")


def test_each_queue_says_what_waits_and_who_serves_it(staff: Client) -> None:
    said = part(staff, "queues")
    assert "workflow 5 2" in said
    assert "content_generation 61 none" in said
    assert "logs 0 1" in said


def test_without_redis_the_page_says_what_is_not_known(staff: Client, monitor: Monitor) -> None:
    monitor.probing._answers = {"redis": {"status": "down"}}
    assert "Redis does not answer" in part(staff, "state")
    assert "workflow unknown unknown" in part(staff, "queues")


def test_with_redis_nothing_is_said_of_it(staff: Client) -> None:
    assert "Redis" not in part(staff, "state")


def test_versions_are_those_that_run(staff: Client) -> None:
    said = part(staff, "versions")
    assert f"Cairn {cairn_version()}" in said
    assert f"Django {django.get_version()}" in said
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
    assert f"PostgreSQL {version.split()[0]}" in said


def test_without_a_model_server_staff_are_told_what_to_set(staff: Client) -> None:
    assert "LLM_BASE_URL, LLM_API_KEY, LLM_MODEL" in part(staff, "model")


@pytest.fixture
def configured(settings: Any) -> None:
    settings.CONTENT_PROVIDER = "openai"
    settings.LLM_BASE_URL = "https://key:secret@models.knots.example/v1"
    settings.LLM_MODEL = "rope-1"
    settings.LLM_REQUESTS_PER_MINUTE = 1_200.0
    settings.LLM_TOKENS_PER_MINUTE = None


def pace(**known: Any) -> dict[str, Any]:
    nothing = {"held_seconds": 0.0, "booked_seconds": 0.0, "refusal": "", "refused_seconds": 0.0}
    return nothing | known


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (None, "How far these are used is not known."),
        (pace(), "Nothing holds calls up."),
        (pace(booked_seconds=12.2), "Turns are given away for the next 12\xa0s."),
        (pace(held_seconds=30.0, booked_seconds=9.0), "nobody asks for 30\xa0s."),
        (pace(refusal="the key was refused", refused_seconds=630), "10\xa0minutes ago"),
    ],
)
def test_the_limits_of_the_model_server_are_told_as_all_processes_know_them(
    staff: Client, monitor: Monitor, configured: None, known: Any, words: str
) -> None:
    monitor.probing._answers["model_server"] = known
    said = staff.get("/operations/").content.decode().replace("&nbsp;", "\xa0")
    assert words in said


def test_what_is_configured_is_told_without_a_secret(staff: Client, configured: None) -> None:
    said = part(staff, "model")
    assert "models.knots.example" in said
    assert "rope-1" in said
    assert "Requests a minute, all together 1,200" in said
    assert "Tokens a minute, all together no limit" in said
    assert "secret" not in look(staff)
