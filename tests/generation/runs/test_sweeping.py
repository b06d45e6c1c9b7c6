"""Runs whose message got lost or whose worker died are enqueued again."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from concepts.models import Artifact
from generation import tasks
from generation.models import GenerationRun
from generation.port.outline_rules import settle_prerequisites
from generation.port.spent import Spent
from generation.run_states import RunState
from generation.runs.batches import save_outline
from generation.runs.claims import claim_run, claim_work, give_up_work
from generation.runs.lifecycle import stop_run
from generation.runs.sweeping import NeglectedRun, list_neglected_runs, sweep
from generation.spent_models import DaySpending
from tests.generation.cast import ScriptedProvider, make_outline, open_run

pytestmark = pytest.mark.django_db

ALICE = uuid.uuid4()


def old_run() -> uuid.UUID:
    run_id = open_run(ScriptedProvider(make_outline(4)))
    past = timezone.now() - timedelta(hours=1)
    GenerationRun.objects.filter(pk=run_id).update(created_at=past)
    return run_id


def planned_run() -> uuid.UUID:
    run_id, plan = old_run(), make_outline(4)
    claim_run(run_id, ALICE, lease_seconds=30)
    prerequisites, dropped = settle_prerequisites(plan)
    save_outline(run_id, ALICE, plan, prerequisites=prerequisites, dropped=dropped, spent=Spent())
    return run_id


def test_a_run_nobody_has_begun_is_begun_again() -> None:
    run_id = old_run()
    assert list_neglected_runs() == [NeglectedRun(run_id, planned=False)]


def test_a_young_run_is_given_time() -> None:
    open_run(ScriptedProvider(make_outline(4)))
    assert list_neglected_runs() == []


def test_a_run_that_is_being_planned_is_left_alone() -> None:
    claim_run(old_run(), ALICE, lease_seconds=30)
    assert list_neglected_runs() == []


def test_a_run_whose_planner_died_is_begun_again() -> None:
    run_id = old_run()
    claim_run(run_id, ALICE, lease_seconds=-1)
    assert list_neglected_runs() == [NeglectedRun(run_id, planned=False)]


def test_a_run_somebody_works_on_is_left_alone() -> None:
    claim_work(planned_run(), ALICE, limit=1, lease_seconds=30)
    assert list_neglected_runs() == []


def test_a_run_whose_leases_ran_out_or_were_given_back_gets_a_puller() -> None:
    run_id = planned_run()
    claim_work(run_id, ALICE, limit=2, lease_seconds=-1)
    assert list_neglected_runs() == [NeglectedRun(run_id, planned=True)]
    give_up_work(run_id, ALICE)
    assert list_neglected_runs() == [NeglectedRun(run_id, planned=True)]


@pytest.mark.parametrize("state", [RunState.READY, RunState.PARTIAL, RunState.CANCELLED])
def test_a_closed_run_rests(state: RunState) -> None:
    GenerationRun.objects.filter(pk=old_run()).update(state=state)
    assert list_neglected_runs() == []


def paused_until(hours: float) -> uuid.UUID:
    run_id = old_run()
    assert stop_run(run_id, RunState.PAUSED, "The day is spent.")
    until = timezone.now() + timedelta(hours=hours)
    GenerationRun.objects.filter(pk=run_id).update(resumes_at=until)
    return run_id


def test_a_sweep_goes_on_with_what_is_due_and_what_waits_longest_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("generation.runs.sweeping.GO_ON_AT_ONCE", 1)
    second, _later, first = (paused_until(hours) for hours in (-1, 1, -2))
    assert [one.run_id for one in sweep()] == [first]
    assert [one.run_id for one in sweep()] == [second, first], "in the order of their making"
    assert len(sweep()) == 2


def test_a_sweep_forgets_days_that_nobody_asks_about() -> None:
    today = timezone.now().date()
    for days in (99, 102):
        DaySpending.objects.create(scope="site", day=today - timedelta(days=days))
    sweep()
    assert DaySpending.objects.get().day == today - timedelta(days=99)


def test_the_sweep_sends_each_run_where_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, str]] = []
    for task in (tasks.start_run, tasks.pull_artifacts):
        monkeypatch.setattr(
            task, "delay", lambda run_id, task=task: sent.append((task.name, run_id))
        )
    monkeypatch.setattr("generation.puller.runner.in_lane", lambda unit: unit())
    begun, planned = old_run(), planned_run()
    assert tasks.sweep_runs() == 2
    assert set(sent) == {
        ("generation.tasks.start_run", str(begun)),
        ("generation.tasks.pull_artifacts", str(planned)),
    }
    assert Artifact.objects.count() == 12
