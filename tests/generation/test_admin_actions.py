"""What staff can do to runs and artifacts, and what nobody can."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import pytest
from django.contrib.auth.models import Permission
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import User
from concepts.artifact_states import ArtifactState
from concepts.models import Artifact
from generation import tasks
from generation.models import GenerationEvent, GenerationRun
from generation.run_states import RunState
from roadmaps.models import Roadmap
from tests.generation.admin_cast import make_failed, make_roadmap

RUNS = "admin:generation_generationrun_changelist"
ARTIFACTS = "admin:concepts_artifact_changelist"


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs handed to the workers."""
    runs: list[str] = []
    monkeypatch.setattr(tasks.start_run, "delay", runs.append)
    return runs


@pytest.fixture
def staff(transactional_db: None, client: Client) -> Client:
    """May look at everything here, and change runs and artifacts."""
    return sign_in(client, "view_generationrun", "change_generationrun", "change_artifact")


def sign_in(client: Client, *permissions: str) -> Client:
    user = User.objects.create_user("staff@knots.example", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return client


def act(client: Client, name: str, action: str, rows: Iterable[models.Model]) -> str:
    """The page after an action, with its messages."""
    data = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    response = client.post(reverse(name), data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def make_runs(*states: RunState) -> list[GenerationRun]:
    runs = [make_roadmap(f"{state} {uuid.uuid4()}", concepts=1) for state in states]
    for run, state in zip(runs, states, strict=True):
        GenerationRun.objects.filter(pk=run.pk).update(state=state, last_seq=3)
    return runs


def states_of(runs: list[GenerationRun]) -> list[str]:
    return [GenerationRun.objects.get(pk=run.pk).state for run in runs]


def test_resuming_queues_what_can_be_resumed_and_tells_how_many(
    staff: Client, queued: list[str]
) -> None:
    runs = make_runs(RunState.PAUSED, RunState.PARTIAL, RunState.READY)
    page = act(staff, RUNS, "resume", runs)
    assert "2 runs resumed." in page
    assert "1 run was in a state that does not allow it." in page
    assert states_of(runs) == [RunState.QUEUED, RunState.QUEUED, RunState.READY]
    assert set(queued) == {str(run.pk) for run in runs[:2]}


def test_cancelling_stops_what_is_open_and_says_why(staff: Client, queued: list[str]) -> None:
    runs = make_runs(RunState.RUNNING, RunState.READY)
    assert "1 run cancelled." in act(staff, RUNS, "cancel", runs)
    assert states_of(runs) == [RunState.CANCELLED, RunState.READY]
    event = GenerationEvent.objects.get(run=runs[0], type="run_cancelled")
    assert event.payload == {"reason": "Cancelled by the staff."}


def test_only_the_chosen_failed_artifacts_are_retried(staff: Client, queued: list[str]) -> None:
    first, second, third = make_failed()
    assert "2 failed artifacts are written again." in act(staff, ARTIFACTS, "retry", [first, third])
    states = dict(Artifact.objects.filter(run_id=first.run_id).values_list("pk", "state"))
    assert states == {
        first.pk: ArtifactState.PENDING,
        second.pk: ArtifactState.FAILED,
        third.pk: ArtifactState.PENDING,
    }
    assert queued == [str(first.run_id)]


def test_a_retry_is_an_event_of_its_run(staff: Client, queued: list[str]) -> None:
    failed = make_failed()
    act(staff, ARTIFACTS, "retry", failed)
    event = GenerationEvent.objects.get(run=failed[0].run_id, type="run_resumed")
    assert event.payload == {"retried": 3}


def test_a_run_that_is_still_going_takes_them_along(staff: Client, queued: list[str]) -> None:
    failed = make_failed(RunState.RUNNING)
    assert "3 failed artifacts are written again." in act(staff, ARTIFACTS, "retry", failed)
    assert GenerationRun.objects.get().state == RunState.RUNNING


def test_what_did_not_fail_is_not_written_again(staff: Client, queued: list[str]) -> None:
    run = make_roadmap("Knots", concepts=1)
    artifacts = Artifact.objects.filter(run_id=run.pk)
    assert "0 failed artifacts are written again." in act(staff, ARTIFACTS, "retry", artifacts)
    assert queued == []


def test_no_broker_is_no_reason_to_fail(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_run_id: str) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks.start_run, "delay", refuse)
    assert "1 run resumed." in act(staff, RUNS, "resume", make_runs(RunState.PAUSED))


@pytest.mark.parametrize("action", ["resume", "cancel"])
def test_who_may_only_look_at_runs_cannot_act(
    db: None, client: Client, queued: list[str], action: str
) -> None:
    runs = make_runs(RunState.PAUSED, RunState.RUNNING)
    page = act(sign_in(client, "view_generationrun"), RUNS, action, runs)
    assert f'value="{action}"' not in page
    assert states_of(runs) == [RunState.PAUSED, RunState.RUNNING]


def test_who_may_only_look_at_artifacts_cannot_retry(
    db: None, client: Client, queued: list[str]
) -> None:
    failed = make_failed()
    act(sign_in(client, "view_artifact"), ARTIFACTS, "retry", failed)
    assert queued == []


@pytest.mark.parametrize(
    "label", ["generation_generationrun", "generation_generationevent", "concepts_artifact"]
)
@pytest.mark.parametrize("page", ["change", "delete"])
def test_not_even_a_superuser_edits_history(admin_client: Client, label: str, page: str) -> None:
    run = make_roadmap("Knots", concepts=1)
    rows = {
        "generation_generationrun": run,
        "generation_generationevent": GenerationEvent.objects.filter(run=run)[0],
        "concepts_artifact": Artifact.objects.filter(run_id=run.pk)[0],
    }
    url = reverse(f"admin:{label}_{page}", args=[rows[label].pk])
    assert admin_client.post(url, {"state": "ready", "post": "yes"}).status_code == 403


def test_a_roadmap_goes_with_its_history(admin_client: Client) -> None:
    run = make_roadmap("Knots", concepts=2)
    url = reverse("admin:roadmaps_roadmap_delete", args=[run.roadmap_id])
    assert admin_client.post(url, {"post": "yes"}).status_code == 302
    assert not Roadmap.objects.exists()
    assert not GenerationEvent.objects.exists()


def test_a_run_leads_to_its_events_and_artifacts(admin_client: Client) -> None:
    run = make_roadmap("Knots", concepts=1)
    make_roadmap("Other knots", concepts=1)
    page = admin_client.get(reverse("admin:generation_generationrun_change", args=[run.pk]))
    for name, query in (
        ("generation_generationevent", f"run__id__exact={run.pk}"),
        ("concepts_artifact", f"run_id__exact={run.pk}"),
    ):
        url = f"{reverse(f'admin:{name}_changelist')}?{query}"
        assert url in page.content.decode()
        assert admin_client.get(url).context["cl"].result_count == 3
