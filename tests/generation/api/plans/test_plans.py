"""A plan that waits for a word, for programs."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from generation.models import GenerationRun
from generation.port.skeleton_edits import Editing
from generation.run_states import RunState
from generation.runs import plans
from tests.learning.planning.planning import PLAN, skeleton_of

pytestmark = pytest.mark.django_db


def call(client: Client, method: str, run: GenerationRun, path: str, body: Any = None) -> Any:
    address = f"/api/v1/runs/{run.pk}/{path}"
    return getattr(client, method)(address, body, content_type="application/json")


def told(client: Client, run: GenerationRun) -> dict[str, Any]:
    answer = client.get(f"/api/v1/runs/{run.pk}/plan")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def change(plan: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {name: plan[name] for name in ("version", "title", "level", "stages")} | fields


def test_a_plan_is_read_with_its_version_and_what_it_takes(
    client: Client, run: GenerationRun
) -> None:
    plan = told(client, run)
    assert (plan["version"], plan["concepts"], plan["known"]) == (1, 8, 0)
    assert plan["stages"] == PLAN.model_dump()["stages"]
    assert plan["tokens_out"] > 1_000
    assert plan["kept_until"]


def test_a_changed_plan_takes_its_place(client: Client, run: GenerationRun) -> None:
    plan = told(client, run)
    first = plan["stages"][0]["modules"][0]["concepts"]
    first[0] |= {"title": "Bowline", "known": True}
    first.append({"title": "Splices"})
    plan["stages"].reverse()
    answer = call(client, "put", run, "plan", change(plan, level="advanced"))
    assert answer.status_code == 200, answer.json()
    assert answer.json()["version"] == 2
    skeleton = skeleton_of(run)
    assert skeleton.level == "advanced"
    assert [concept.key for concept in skeleton.concepts()] == [
        "c5", "c6", "c7", "c8", "c1", "c2", "c9", "c3", "c4",
    ]  # fmt: skip
    assert skeleton.concepts()[4].known


def test_a_stale_version_changes_nothing(client: Client, run: GenerationRun) -> None:
    plan = told(client, run)
    assert call(client, "put", run, "plan", change(plan, title="First")).status_code == 200
    answer = call(client, "put", run, "plan", change(plan, title="Second"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
    assert skeleton_of(run).title == "First"


@pytest.mark.parametrize(
    "concept",
    [
        {"title": ""},
        {"title": "The knot 1"},
        {"title": "x" * 301},
        {"title": "a\x00b"},
        {"key": "c99", "title": "Splices"},
        {"key": "c1", "title": "Splices"},
    ],
)
def test_what_would_be_no_plan_is_refused_by_field(
    client: Client, run: GenerationRun, concept: dict[str, Any]
) -> None:
    plan = told(client, run)
    plan["stages"][0]["modules"][0]["concepts"].append(concept)
    answer = call(client, "put", run, "plan", change(plan))
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"]
    assert skeleton_of(run) == PLAN


@pytest.mark.parametrize("stages", [[], [{"title": "S", "modules": []}], None, "x"])
def test_a_plan_without_parts_is_none(client: Client, run: GenerationRun, stages: Any) -> None:
    body = {"version": 1, "stages": stages}
    assert call(client, "put", run, "plan", body).status_code == 422


def test_an_approved_plan_is_written(client: Client, run: GenerationRun) -> None:
    answer = call(client, "post", run, "approve")
    assert (answer.status_code, answer.json()["state"]) == (200, "queued")
    assert run.roadmap.concepts.count() == 8
    for path in ("approve", "discard"):
        assert call(client, "post", run, path).status_code == 409
    assert client.get(f"/api/v1/runs/{run.pk}/plan").status_code == 409


def test_a_discarded_plan_is_gone(client: Client, run: GenerationRun) -> None:
    answer = call(client, "post", run, "discard")
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert GenerationRun.objects.get(pk=run.pk).skeleton is None


def test_a_plan_of_what_is_known_is_not_resumed(client: Client, run: GenerationRun) -> None:
    editing = Editing(PLAN)
    for concept in PLAN.concepts():
        editing.mark_known(concept.key, known=True)
    plans.change_plan(run.pk, 1, editing.finish())
    answer = call(client, "post", run, "resume")
    assert answer.status_code == 409
    assert "has to be new to you" in answer.json()["error"]["message"]


def test_resuming_a_planned_run_means_write_it(client: Client, run: GenerationRun) -> None:
    assert call(client, "post", run, "resume").json()["state"] == RunState.QUEUED
    assert run.roadmap.concepts.count() == 8
