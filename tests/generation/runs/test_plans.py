"""A plan waits for its learner's word, and for nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from generation import dispatch
from generation.models import EventType, GenerationRun
from generation.port.request import OutlineRequest
from generation.port.skeleton_changes import list_changes
from generation.port.skeleton_edits import Editing, EditRefused
from generation.run_states import RunState
from generation.runs import claims, lifecycle, plans, sweeping
from generation.runs.learner_words import DISCARDED, FORGOTTEN, explain_run
from generation.runs.selectors import find_finished_run
from tests.generation.cast import assert_history
from tests.generation.scribe import Scribe
from tests.learning.library import open_order
from tests.learning.planning.planning import PLAN, make_planned, skeleton_of

pytestmark = pytest.mark.django_db


def renamed(title: str) -> Editing:
    editing = Editing(PLAN)
    editing.rename("c1", title)
    return editing


def test_each_change_counts_the_version_and_is_told() -> None:
    run = make_planned()
    plan = plans.change_plan(run.pk, 1, renamed("Bowline").finish())
    assert plan.version == 2
    assert plans.list_changes_since(run.pk, 1) == [
        {"kind": "renamed", "title": "The knot 1", "now": "Bowline"}
    ]
    assert plans.list_changes_since(run.pk, 2) == []
    assert_history(run.pk)


def test_a_stage_or_module_with_another_title_is_renamed() -> None:
    editing = Editing(PLAN)
    editing.rename("s0", "Cords")
    editing.rename("m1-0", "Slings")
    editing.drop("s1")
    editing.add_stage("Rescue", "Slings", "Pulley")
    assert [(one.kind, one.title, one.now) for one in list_changes(PLAN, editing.finish())] == [
        ("renamed", "Ropes", "Cords"),
        ("dropped", "Loops of kind C", ""),
        ("dropped", "Loops of kind D", ""),
        ("added", "Slings", ""),
        *(("dropped", f"The knot {number}", "") for number in range(5, 9)),
        ("added", "Pulley", ""),
    ]


def test_a_plan_that_was_cancelled_is_written_as_it_was_changed() -> None:
    run = make_planned()
    plans.change_plan(run.pk, 1, renamed("Bowline").finish())
    lifecycle.stop_run(run.pk, RunState.CANCELLED, "It was cancelled through the API.")
    assert dispatch.resume(run.pk, enqueue=False)
    run.refresh_from_db()
    assert (run.state, run.finished_at) == (RunState.QUEUED, None)
    assert next(iter(run.roadmap.concepts.order_by("position"))).title == "Bowline"
    lifecycle.stop_run(run.pk, RunState.CANCELLED, "Again.")
    assert dispatch.resume(run.pk, enqueue=False)
    assert run.roadmap.concepts.count() == 8


def test_why_a_plan_is_gone_is_told() -> None:
    for reason in (DISCARDED, FORGOTTEN):
        assert explain_run(RunState.CANCELLED, reason) == reason


def test_nothing_changed_is_no_version() -> None:
    run = make_planned()
    assert plans.change_plan(run.pk, 1, PLAN).version == 1


def test_whoever_changes_another_version_is_told() -> None:
    run = make_planned()
    plans.change_plan(run.pk, 1, renamed("Bowline").finish())
    for act in (
        lambda: plans.change_plan(run.pk, 1, PLAN),
        lambda: plans.approve_plan(run.pk, 1),
        lambda: plans.plan_anew(run.pk, 1, "More"),
        lambda: plans.discard_plan(run.pk, 1),
    ):
        with pytest.raises(plans.PlanStale):
            act()
    assert skeleton_of(run).concepts()[0].title == "Bowline"


def test_an_approved_plan_is_approved_once() -> None:
    run = make_planned()
    assert plans.approve_plan(run.pk) == 8
    for act in (plans.approve_plan, plans.discard_plan):
        with pytest.raises(plans.NotPlanned):
            act(run.pk)
    assert run.roadmap.concepts.count() == 8
    types = run.events.order_by("seq").values_list("type", flat=True)
    assert list(types)[-3:] == [
        EventType.RUN_PLANNED,
        EventType.OUTLINE_SAVED,
        EventType.RUN_QUEUED,
    ]


def test_a_plan_of_what_is_known_is_not_approved() -> None:
    known = PLAN.model_dump()
    for stage in known["stages"]:
        for module in stage["modules"]:
            for concept in module["concepts"]:
                concept["known"] = True
    run = make_planned(type(PLAN).model_validate(known))
    with pytest.raises(EditRefused):
        plans.approve_plan(run.pk)
    assert run.roadmap.concepts.count() == 0


def test_nobody_claims_or_sweeps_a_planned_run() -> None:
    run = make_planned()
    GenerationRun.objects.update(created_at=timezone.now() - timedelta(days=1))
    assert claims.claim_run(run.pk, run.pk, lease_seconds=60) is None
    assert sweeping.list_neglected_runs() == []
    assert lifecycle.close_run(run.pk) is None


def test_a_plan_nobody_approves_ends_after_14_days() -> None:
    old, new, changed = make_planned(), make_planned(), make_planned()
    due = timezone.now() - timedelta(seconds=1)
    assert (old.planned_until or due) - timezone.now() > timedelta(days=13, hours=23)
    GenerationRun.objects.filter(pk__in=[old.pk, changed.pk]).update(planned_until=due)
    plans.change_plan(changed.pk, 1, renamed("Bowline").finish())
    assert plans.end_old_plans() == 1
    states = {run.pk: run.state for run in GenerationRun.objects.all()}
    assert states == {
        old.pk: RunState.CANCELLED, new.pk: RunState.PLANNED, changed.pk: RunState.PLANNED
    }  # fmt: skip
    assert plans.end_old_plans() == 0


def test_a_planned_run_counts_among_those_under_way(client: Client, settings: Settings) -> None:
    settings.OPEN_RUNS_PER_PERSON = 1
    carol = User.objects.create(email="carol@knots.example")
    client.force_login(carol)
    run = make_planned(owner=carol)
    goal = {"goal": "Python web development"}
    assert client.post("/", goal).status_code == 429
    plans.discard_plan(run.pk)
    assert client.post("/", goal).status_code == 302


def test_a_deleted_roadmap_takes_its_plan_along(client: Client) -> None:
    carol = User.objects.create(email="carol@knots.example")
    client.force_login(carol)
    run = make_planned(owner=carol)
    client.post(f"{run.roadmap.get_absolute_url()}-/delete/")
    assert not GenerationRun.objects.filter(pk=run.pk).exists()


def test_what_is_written_already_answers_who_wishes_to_see_the_plan_first(ready: Scribe) -> None:
    run = GenerationRun.objects.get(pk=ready.run_id)
    wish = OutlineRequest.from_options(run.roadmap.goal, run.options | {"plan_first": True})
    assert wish.plan_first
    assert find_finished_run(wish, provider=run.provider) == run.pk


@pytest.fixture
def ready() -> Scribe:
    scribe = open_order()
    scribe.write_all()
    return scribe
