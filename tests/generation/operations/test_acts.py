"""Cancel, resume, retry: one click each, safe to click twice, and told what came of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from kombu.exceptions import OperationalError

from concepts.artifact_states import ArtifactState
from concepts.models import Artifact
from generation import tasks
from generation.models import GenerationEvent, GenerationRun
from generation.operations.acts import Act, acts_for
from generation.run_states import RunState, may_become
from tests.generation.admin_cast import make_failed, make_roadmap
from tests.generation.operations.looking import words_of


def make_run(state: RunState) -> GenerationRun:
    run = make_roadmap("Knots", concepts=1)
    GenerationRun.objects.filter(pk=run.pk).update(state=state, last_seq=3)
    return run


def click(client: Client, run: GenerationRun, act: str, **data: Any) -> str:
    """What the page says afterwards."""
    answer = client.post(f"/operations/runs/{run.pk}/{act}/", data, follow=True)
    assert answer.status_code == 200
    return words_of(answer.content.decode())


def state_of(run: GenerationRun) -> str:
    return GenerationRun.objects.get(pk=run.pk).state


def events_of(run: GenerationRun, kind: str) -> int:
    return GenerationEvent.objects.filter(run=run, type=kind).count()


def test_cancelling_stops_a_run_and_says_so(staff: Client, queued: list[str]) -> None:
    run = make_run(RunState.RUNNING)
    assert "“Knots” is cancelled. What is written stays." in click(staff, run, "cancel")
    assert state_of(run) == RunState.CANCELLED
    event = GenerationEvent.objects.get(run=run, type="run_cancelled")
    assert event.payload == {"reason": "Cancelled by the staff."}


def test_resuming_hands_it_to_the_workers(staff: Client, queued: list[str]) -> None:
    run = make_run(RunState.PAUSED)
    assert "“Knots” is taken up again" in click(staff, run, "resume")
    assert state_of(run) == RunState.QUEUED
    assert queued == [str(run.pk)]


def test_retrying_writes_all_again_that_failed(staff: Client, queued: list[str]) -> None:
    first = make_failed()[0]
    run = GenerationRun.objects.get()
    assert "3 failed artifacts are written again." in click(staff, run, "retry")
    assert set(Artifact.objects.values_list("state", flat=True)) == {ArtifactState.PENDING}
    assert state_of(run) == RunState.QUEUED
    assert queued == [str(first.run_id)]


def test_one_artifact_is_retried_alone(staff: Client, queued: list[str]) -> None:
    first, second, third = make_failed()
    run = GenerationRun.objects.get()
    assert "1 failed artifact is written again." in click(staff, run, "retry", artifact=second.pk)
    states = dict(Artifact.objects.values_list("pk", "state"))
    assert states[second.pk] == ArtifactState.PENDING
    assert states[first.pk] == states[third.pk] == ArtifactState.FAILED


def test_an_artifact_of_another_run_is_not_retried(staff: Client, queued: list[str]) -> None:
    other = make_failed()[0]
    run = make_run(RunState.PARTIAL)
    assert "nothing of it has failed" in click(staff, run, "retry", artifact=other.pk)
    assert Artifact.objects.get(pk=other.pk).state == ArtifactState.FAILED


@pytest.mark.parametrize("name", ["x", "-1", "9" * 30, "１"])
def test_what_names_no_artifact_retries_none(staff: Client, queued: list[str], name: str) -> None:
    make_failed()
    run = GenerationRun.objects.get()
    assert "nothing of it has failed" in click(staff, run, "retry", artifact=name)
    assert state_of(run) == RunState.PARTIAL


def test_a_run_that_failed_without_a_plan_is_begun_again(staff: Client, queued: list[str]) -> None:
    run = make_run(RunState.FAILED)
    Artifact.objects.filter(run_id=run.pk).delete()
    assert "“Knots” is taken up again" in click(staff, run, "retry")
    assert state_of(run) == RunState.QUEUED


def test_a_run_under_way_takes_what_failed_along(staff: Client, queued: list[str]) -> None:
    make_failed(RunState.RUNNING)
    run = GenerationRun.objects.get()
    assert "3 failed artifacts are written again." in click(staff, run, "retry")
    assert state_of(run) == RunState.RUNNING


TWICE = {
    "cancel": (RunState.RUNNING, "run_cancelled", "Nothing was done: “Knots” is “cancelled”."),
    "resume": (RunState.PAUSED, "run_resumed", "Nothing was done: “Knots” is “waiting”."),
    "retry": (RunState.FAILED, "run_resumed", "nothing of it has failed"),
}


@pytest.mark.parametrize("act", TWICE)
def test_the_second_click_does_nothing_and_says_so(
    staff: Client, queued: list[str], act: str
) -> None:
    state, event, again = TWICE[act]
    run = make_run(state)
    Artifact.objects.filter(run_id=run.pk).update(
        state=ArtifactState.FAILED, error_public="It would not hold."
    )
    click(staff, run, act)
    told = list(queued)
    assert again in click(staff, run, act)
    assert events_of(run, event) == 1
    assert queued == told


@pytest.mark.parametrize("state", RunState)
@pytest.mark.parametrize("failed", [0, 2])
def test_a_button_is_there_exactly_where_it_would_do_something(
    state: RunState, failed: int
) -> None:
    offered = set(acts_for(state, failed=failed))
    assert (Act.CANCEL in offered) == may_become(state, RunState.CANCELLED)
    goes_on = may_become(state, RunState.QUEUED)
    assert bool(offered & {Act.RESUME, Act.RETRY}) >= goes_on
    assert not ({Act.RESUME, Act.RETRY} <= offered)


@pytest.mark.parametrize(("act", "state"), [("resume", "paused"), ("retry", "partial")])
def test_without_a_broker_it_is_queued_in_the_rows_and_told(
    staff: Client, monkeypatch: pytest.MonkeyPatch, act: str, state: str
) -> None:
    def refuse(_run_id: str) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.start_run, "delay", refuse)
    make_failed(RunState(state))
    run = GenerationRun.objects.get()
    assert "Redis does not answer: workers begin when it is back." in click(staff, run, act)
    assert state_of(run) == RunState.QUEUED


@pytest.mark.parametrize(("place", "address"), [("run", "runs/{run}/"), ("board", ""), ("//x", "")])
def test_it_leads_back_to_where_the_button_was(
    staff: Client, queued: list[str], place: str, address: str
) -> None:
    run = make_run(RunState.RUNNING)
    answer = staff.post(f"/operations/runs/{run.pk}/cancel/", {"from": place})
    assert answer.headers["Location"] == f"/operations/{address.format(run=run.pk)}"
