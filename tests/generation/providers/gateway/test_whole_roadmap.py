"""A roadmap from the command line, written by a model server on a real socket."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings

from generation.models import GenerationRun
from generation.providers.endpoints import OUTPUT_MODES
from tests.databases import database_url
from tests.generation.paying import get_run_spending, rows_of
from tests.generation.providers.gateway.conftest import NO_REDIS
from tests.generation.providers.gateway.model_server import KEY, MODEL, Faults, ModelServer, Refusal
from tests.generation.providers.gateway.received import Received

ROOT = Path(__file__).resolve().parents[4]
CONCEPTS = 8
# A skeleton, and the details of two modules.
PLANNING = 3

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def generate(server: ModelServer, *arguments: str, code: int = 0) -> dict[str, Any]:
    told = command(server, *arguments, "--format", "json", code=code)
    report: dict[str, Any] = json.loads(told.stdout)
    if report["run"]["state"] != "ready":
        assert f"--resume {report['run']['id']}" in told.stderr
        assert GenerationRun.objects.get(pk=report["run"]["id"]).reason in told.stderr
    return report


def command(
    server: ModelServer, *arguments: str, code: int = 0
) -> subprocess.CompletedProcess[str]:
    variables = {
        "DATABASE_URL": database_url(),
        "REDIS_URL": NO_REDIS,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "PYTHONPATH": str(ROOT),
        # Nobody is kept waiting but by silence, which is one of the faults.
        "LLM_TIMEOUT_SECONDS": "2" if server.faults.timeouts else "60",
    }
    told = subprocess.run(
        [sys.executable, "manage.py", "generate_roadmap", *arguments],
        cwd=ROOT,
        env=os.environ | variables | server.environment() | {"LLM_API_KEY": KEY},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert KEY not in told.stdout + told.stderr
    assert told.returncode == code, told.stderr
    assert "Traceback" not in told.stderr
    return told


def order(server: ModelServer, *, code: int = 0) -> dict[str, Any]:
    server.concepts = CONCEPTS
    arguments = ("Keeping bees", "--provider", "openai", "--concepts", str(CONCEPTS))
    return generate(server, *arguments, code=code)


def test_what_is_reported_is_what_the_server_counted(server: ModelServer) -> None:
    report = order(server)
    run, counts = report["run"], report["counts"]
    assert (run["state"], run["model"]) == ("ready", "bee-1")
    assert (counts["tutorials"], counts["quizzes"], counts["failed"]) == (CONCEPTS, CONCEPTS, 0)
    assert run["model_calls"] == len(server.received)
    assert run["tokens_in"] == sum(request.tokens_in for request in server.received)
    assert run["tokens_out"] == sum(request.tokens_out for request in server.received)


@pytest.fixture
def configured(server: ModelServer, settings: Settings) -> ModelServer:
    """The server that this process asks, as a command would, which need not be started for it."""
    settings.LLM_BASE_URL, settings.LLM_API_KEY = server.base_url, KEY
    settings.LLM_MODEL, settings.CONTENT_PROVIDER = MODEL, "openai"
    return server


@pytest.mark.parametrize(
    "mode",
    [
        pytest.param(mode, marks=pytest.mark.wide if number else ())
        for number, mode in enumerate(OUTPUT_MODES)
    ],
)
def test_quizzes_are_solved_blind_in_every_mode(
    configured: ModelServer, settings: Settings, mode: str
) -> None:
    settings.LLM_OUTPUT_MODE, settings.LLM_BLIND_SOLVE = mode, True
    configured.concepts, out = 4, StringIO()
    with pytest.raises(SystemExit) as end:
        call_command(
            "generate_roadmap", "Keeping bees", "--concepts=4", "--format=json", stdout=out
        )
    report = json.loads(out.getvalue())
    assert (end.value.code, report["counts"]["quizzes"]) == (0, 4)
    assert report["run"]["model_calls"] == len(configured.received) == PLANNING + 4 * 4


def test_what_a_server_says_of_a_plan_is_told_to_whoever_asked(configured: ModelServer) -> None:
    said = "response_format is not supported by this model"
    configured.refuse = lambda _request: (400, {}, {"error": {"message": said}})
    told = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("generate_roadmap", "Keeping bees", stdout=StringIO(), stderr=told)
    assert end.value.code == 1
    assert "Failed: The model server rejected the request." in told.getvalue()
    assert said in told.getvalue()


@pytest.mark.wide
def test_a_dry_run_prints_the_plan_or_says_why_there_is_none(server: ModelServer) -> None:
    arguments = ("Keeping bees", "--provider", "openai", "--concepts", str(CONCEPTS), "--dry-run")
    server.concepts = CONCEPTS
    assert "Bee lesson 8 (30 min)" in command(server, *arguments).stdout
    server.key = "another"
    assert "the model server refused the key" in command(server, *arguments, code=1).stderr
    assert len(server.received) == PLANNING + 1
    assert not GenerationRun.objects.exists()


@pytest.mark.wide
def test_faults_cost_time_and_nothing_else(server: ModelServer) -> None:
    server.faults = Faults(0.1, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, retry_after=0.2)
    report = order(server)
    assert report["run"]["state"] == "ready"
    assert report["run"]["tokens_out"] == sum(request.tokens_out for request in server.received)
    assert len({request.fault for request in server.received}) > 3


@pytest.mark.wide
def test_a_revoked_key_pauses_and_a_mended_one_asks_for_the_rest(server: ModelServer) -> None:
    def revoke_later(_request: Received) -> Refusal | None:
        if len(server.answered()) < 8 + PLANNING:
            return None
        return 401, {}, {"error": {"message": f"{KEY} is revoked", "code": "invalid_api_key"}}

    server.seconds = lambda _request: 0.1
    server.refuse = revoke_later
    report = order(server, code=1)
    assert report["run"]["state"] == "paused"
    reason = GenerationRun.objects.get(pk=report["run"]["id"]).reason
    assert reason == "the model server refused the key (LLM_API_KEY)"
    assert_hardly_asked_after_the_first_refusal(server)
    written = len(server.answered()) - PLANNING
    server.refuse = lambda _request: None
    before = len(server.received)
    report = generate(server, "--resume", report["run"]["id"])
    assert report["run"]["state"] == "ready"
    assert len(server.received) - before == 3 * CONCEPTS - written
    # Nothing was written twice, the plan included.
    asked = {request.text for request in server.answered()}
    assert len(asked) == len(server.answered()) == PLANNING + 3 * CONCEPTS


def assert_hardly_asked_after_the_first_refusal(server: ModelServer) -> None:
    refused = [request for request in server.received if request.status == 401]
    known = min(request.answered_at for request in refused)
    assert sum(1 for request in server.received if request.at > known) <= 3


@pytest.mark.wide
def test_a_spent_budget_pauses_and_a_raised_one_asks_for_the_rest(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger holds what the server counted, call by call."""
    monkeypatch.setenv("LLM_MAX_CONCURRENCY", "2")
    monkeypatch.setenv("RUN_MAX_TOKENS", "20000")
    run = order(server, code=1)["run"]
    assert run["state"] == "paused"
    assert "RUN_MAX_TOKENS is 20,000" in GenerationRun.objects.get(pk=run["id"]).reason
    finished = [request.tokens_in + request.tokens_out for request in server.received]
    assert 0 < sum(finished) <= 20_000
    before = len(server.received)
    monkeypatch.setenv("RUN_MAX_TOKENS", "")
    run = generate(server, "--resume", run["id"])["run"]
    assert run["state"] == "ready"
    assert before < len(server.received) == PLANNING + 3 * CONCEPTS
    spent = rows_of(run["id"])
    assert spent.calls == len(server.received)
    assert spent.tokens_in == sum(request.tokens_in for request in server.received)
    assert spent.tokens_out == sum(request.tokens_out for request in server.received)
    assert spent == get_run_spending(run["id"])
