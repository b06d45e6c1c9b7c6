"""A roadmap through the whole fleet, from a server that does all that servers do wrong."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Sum

from concepts.content import ArtifactKind
from concepts.models import Artifact, ArtifactVersion, Choice, Tutorial
from generation.models import GenerationRun, ModelCallRecord
from tests.databases import database_url
from tests.fleet.fleet import Fleet
from tests.generation.cast import assert_history
from tests.generation.providers.gateway.model_server import KEY, Faults, ModelServer, Refusal
from tests.generation.providers.gateway.received import Received
from tests.generation.providers.gateway.writings import data_in
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.fleet,
    pytest.mark.wide,
    pytest.mark.timeout(300),
]

CONCEPTS, SEED = 36, 20
FAULTS = Faults(0.20, 0.10, 0.05, 0.05, 0.03, 0.03, 0.03, retry_after=0.2)
# Never written; and the first key of its quiz is wrong until somebody says so.
CURSED, CONTRADICTED = "Bee lesson 13", "Bee lesson 8"
CONCURRENCY = 6
THOUGHTS = ("<think", "</think", "let me see")
OUR_APPS = ("accounts", "roadmaps", "concepts", "generation", "learning")


def concept_of(request: Received) -> str:
    """Whom a request is about; empty for others than artifacts."""
    if request.purpose in {"skeleton", "details", "blind_solve"}:
        return ""
    return str(data_in(request.text)["concept"]["title"])


def refuse_the_cursed(request: Received) -> Refusal | None:
    if concept_of(request) != CURSED:
        return None
    return 400, {}, {"error": {"message": "I will not write of this."}}


def mistake_the_key(request: Received, content: str) -> str:
    """Question 1 says that smoke warms, and explains that it calms."""
    is_first = request.purpose == "quiz" and "<faults>" not in request.text
    if not is_first or concept_of(request) != CONTRADICTED:
        return content
    quiz = json.loads(content)
    for place, choice in enumerate(quiz["questions"][0]["choices"]):
        choice["is_correct"] = place == 1
    return json.dumps(quiz)


@pytest.fixture
def faulty() -> Iterator[ModelServer]:
    with ModelServer(FAULTS, seed=SEED, concepts=CONCEPTS) as server:
        server.seconds = lambda _request: 0.05
        server.refuse, server.rewrite = refuse_the_cursed, mistake_the_key
        yield server


@pytest.fixture
def fleet(transactional_db: None, tmp_path: Path, faulty: ModelServer) -> Iterator[Fleet]:
    connection.close()
    variables = {
        "FLEET_PROVIDER": "openai",
        "LLM_TIMEOUT_SECONDS": "1.5",
        "LLM_MAX_CONCURRENCY": str(CONCURRENCY),
        "LLM_BLIND_SOLVE": "on",
    }
    with Fleet(tmp_path, database_url(), **variables, **faulty.environment()) as fleet:
        yield fleet


def test_faults_cost_time_and_one_curse_costs_one_concept(
    fleet: Fleet, faulty: ModelServer
) -> None:
    fleet.start("workflow", "content_generation", "logs")
    process = fleet.order("Keeping bees", "--concepts", str(CONCEPTS))
    stdout, stderr = process.communicate(timeout=240)
    assert process.returncode == 3, stderr
    report = json.loads(stdout)
    assert_only_the_curse_failed(report)
    assert 1 <= report["connections"]["peak"] <= report["connections"]["budget"]
    assert_what_was_wrong_was_seen(faulty)
    assert_written_once_and_whole(report["run"]["id"])
    assert_key_was_mended()
    assert_no_thoughts()
    assert_totals(report["run"], faulty)
    # Both processes had a part in it.
    assert len(set(re.findall(r"puller=(\S+)", fleet.log("content_generation")))) >= 2
    logs = "".join(fleet.log(role) for role in sorted(fleet.running))
    assert KEY not in logs + stdout + stderr


def assert_only_the_curse_failed(report: dict[str, Any]) -> None:
    assert report["run"]["state"] == "partial"
    failed = {(failure["concept"], failure["artifact"]) for failure in report["failures"]}
    assert failed == {(CURSED, kind.value) for kind in ArtifactKind}
    assert all("rejected the request" in failure["error"] for failure in report["failures"])
    counts = report["counts"]
    assert counts["concepts"] == CONCEPTS
    assert counts["tutorials"] == counts["quizzes"] == CONCEPTS - 1
    assert counts["failed"] == len(report["failures"])


def assert_what_was_wrong_was_seen(server: ModelServer) -> None:
    """Else the test proves less than it says."""
    seen = Counter(request.fault for request in server.received)
    assert set(seen) == set(vars(FAULTS)) - {"retry_after"} | {""}


def assert_written_once_and_whole(run_id: str) -> None:
    assert ArtifactVersion.objects.count() == 3 * (CONCEPTS - 1)
    assert set(ArtifactVersion.objects.values_list("number", flat=True)) == {1}
    assert Artifact.objects.count() == 3 * CONCEPTS
    for tutorial in Tutorial.objects.all():
        assert tutorial.markdown.endswith("is a share.")
    assert_history(GenerationRun.objects.get(pk=run_id).pk)


def assert_key_was_mended() -> None:
    questions = {"question__quiz__version__artifact__concept__title": CONTRADICTED}
    right = Choice.objects.filter(is_correct=True, **questions)
    assert {text.split()[1] for text in right.values_list("text", flat=True)} == {
        *("calms", "warms", "feeds", "moves")
    }


def assert_no_thoughts() -> None:
    """In no column of any table."""
    for app in OUR_APPS:
        for model in apps.get_app_config(app).get_models():
            for row in model._default_manager.values():
                text = str(row)
                assert not [thought for thought in THOUGHTS if thought in text], text


def assert_totals(run: dict[str, Any], server: ModelServer) -> None:
    """The ledger is what the server counted, and so is the report."""
    rows = ModelCallRecord.objects.filter(run=run["id"])
    wait_until(lambda: rows.count() >= len(server.received))
    spent = {
        tokens: sum(getattr(request, tokens) for request in server.received)
        for tokens in ("tokens_in", "tokens_out")
    }
    assert rows.count() == len(server.received)
    assert rows.aggregate(**{tokens: Sum(tokens) for tokens in spent}) == spent
    assert run["model_calls"] == len(server.received)
    assert {tokens: run[tokens] for tokens in spent} == spent


def refuse_a_module(request: Received) -> Refusal | None:
    """What the third module teaches is never told."""
    if request.purpose != "details" or data_in(request.text)["concepts"][0]["key"] != "c9":
        return None
    return 400, {}, {"error": {"message": "I will not plan this."}}


# In that order: what is only wrapped ends a request, and of a skeleton there is one.
KINDS = ("too_many", "timeouts", "truncated", "prose", "empty", "resets", "think")


def name_one_twice(request: Received, content: str) -> str:
    """In the first skeleton that comes whole: it goes back with the reason."""
    if (request.purpose, request.fault) != ("skeleton", "prose"):
        return content
    return content.replace(f"- Bee lesson {CONCEPTS}", f"- Bee lesson {CONCEPTS - 1}")


def each_kind_once(purposes: tuple[str, ...]) -> Callable[[Received], str]:
    waiting = {purpose: list(KINDS) for purpose in purposes}

    def meet(request: Received) -> str:
        left = waiting.get(request.purpose, [])
        return left.pop(0) if left else ""

    return meet


def test_faults_of_planning_cost_time_and_a_module_that_is_refused_costs_itself(
    fleet: Fleet, faulty: ModelServer
) -> None:
    """Every kind of fault meets the skeleton, and every kind the details, in turn."""
    faulty.refuse, faulty.rewrite = refuse_a_module, name_one_twice
    faulty.fault_of = each_kind_once(("skeleton", "details"))
    faulty.seconds = lambda _request: 0.0
    roles = ("workflow", "content_generation", "logs")
    fleet.start(*roles, LLM_BLIND_SOLVE="off")
    process = fleet.order("Keeping bees", "--concepts", str(CONCEPTS))
    stdout, stderr = process.communicate(timeout=240)
    assert process.returncode == 3, stderr
    report = json.loads(stdout)
    assert_only_a_module_failed(report)
    planned = {"skeleton": KINDS, "details": (*KINDS, "")}
    for purpose, kinds in planned.items():
        seen = {request.fault for request in faulty.received if request.purpose == purpose}
        assert seen == set(kinds), purpose
    (last,) = [
        request.text
        for request in faulty.received
        if (request.purpose, request.fault) == ("skeleton", "think")
    ]
    assert "<faults>" in last
    assert_history(GenerationRun.objects.get(pk=report["run"]["id"]).pk)
    assert_totals(report["run"], faulty)
    # Both processes had a part in it.
    assert len(set(re.findall(r"puller=(\S+)", fleet.log("content_generation")))) >= 2


def assert_only_a_module_failed(report: dict[str, Any]) -> None:
    assert report["run"]["state"] == "partial"
    failed = [(failure["concept"], failure["artifact"]) for failure in report["failures"]]
    assert failed == [(f"Bee lesson {number}", "details") for number in (9, 10, 11, 12)]
    counts = report["counts"]
    assert (counts["concepts"], counts["failed"]) == (CONCEPTS, 4)
    assert counts["tutorials"] == counts["quizzes"] == CONCEPTS - 4
