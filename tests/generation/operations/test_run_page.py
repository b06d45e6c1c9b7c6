"""A run's page: where it is, what went wrong, what was called, and the ways from it."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from model_bakery import baker

from concepts.models import Artifact
from generation.models import CallOutcome, EventType, GenerationRun, ModelCallRecord
from generation.operations import run_details
from generation.run_states import RunState
from generation.runs import lifecycle
from generation.runs.events import Event, append_events
from tests.generation.admin_cast import make_calls, make_failed, make_roadmap, make_run
from tests.generation.operations.looking import look, part
from tests.learning.library import make_ready

pytestmark = pytest.mark.django_db


def page_of(run: GenerationRun) -> str:
    return f"/operations/runs/{run.pk}/"


def test_it_says_of_each_kind_how_many_are_in_which_state(staff: Client) -> None:
    run = make_ready()
    said = part(staff, "artifacts", page_of(run))
    assert "Kind waiting being written ready failed" in said
    assert said.count("0 0 4 0") == 3


def test_it_leads_to_the_roadmap_the_admin_the_events_and_the_ledger(staff: Client) -> None:
    run = make_ready()
    html = staff.get(page_of(run)).content.decode()
    for address in (
        run.roadmap.get_absolute_url(),
        run.get_absolute_url(),
        f"/admin/generation/generationrun/{run.pk}/change/",
        f"/admin/generation/generationevent/?run__id__exact={run.pk}",
        f"/admin/generation/modelcallrecord/?run__id__exact={run.pk}",
        f"/admin/concepts/artifact/?run_id__exact={run.pk}",
        "/operations/",
    ):
        assert f'href="{address}"' in html
        assert staff.get(address).status_code == 200


def test_the_newest_event_stands_first_and_older_ones_on_other_pages(
    staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_details, "EVENTS_SHOWN", 6)
    run = make_ready()
    first = part(staff, "events", page_of(run))
    assert first.index("Finished.") < first.index("quiz ready.")
    assert "Work has begun." not in first
    details = run_details.get_run_details(run.pk)
    seqs, before = [], ""
    while True:
        page = run_details.get_run_details(run.pk, before=before)
        seqs += [line.event.seq for line in page.events]
        if not page.older:
            break
        before = str(page.older)
    assert seqs == list(range(details.run.last_seq, 0, -1))


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "٣"])
def test_what_names_no_event_shows_the_newest(staff: Client, before: str) -> None:
    run = make_ready()
    assert "Finished." in look(staff, f"{page_of(run)}?before={before}")


def test_what_failed_is_told_with_what_learners_are_not_told(staff: Client) -> None:
    first = make_failed()[0]
    Artifact.objects.filter(pk=first.pk).update(
        error_class="ContentError", error_detail="the third choice is empty"
    )
    run = GenerationRun.objects.get()
    said = part(staff, "failed", page_of(run))
    assert "It would not hold." in said
    assert "3 attempts · ContentError · the third choice is empty" in said


def test_of_much_that_failed_a_part_is_shown_and_counted(
    staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_details, "FAILED_SHOWN", 2)
    make_failed()
    assert "2 of 3 are shown." in part(staff, "failed", page_of(GenerationRun.objects.get()))


def test_what_a_server_said_when_it_refused_is_told(staff: Client) -> None:
    run = make_roadmap("Knots", concepts=1)
    GenerationRun.objects.filter(pk=run.pk).update(state=RunState.RUNNING, last_seq=3)
    lifecycle.stop_run(run.pk, RunState.PAUSED, "The key was refused.", detail="401 no such key")
    assert "Paused. The key was refused. 401 no such key" in part(staff, "events", page_of(run))


def test_calls_are_summed_by_purpose_and_those_of_no_use_listed(staff: Client) -> None:
    run = make_roadmap("Knots", concepts=2)
    baker.make(
        ModelCallRecord,
        id=uuid.uuid4(),
        run=run,
        purpose="tutorial",
        outcome=CallOutcome.TRANSIENT,
        error_class="TransientError",
        attempt=2,
        seconds=1.25,
        at=timezone.now(),
        tokens_in=1_000,
    )
    said = part(staff, "calls", page_of(run))
    assert "quiz 2 0 20 40 $0.0010" in said
    assert "tutorial 1 1 1,000 0 unknown" in said
    assert "tutorial 2 failed for now TransientError 1.3" in said


def test_a_run_that_asked_no_model_says_so(staff: Client) -> None:
    assert "No model was asked." in part(staff, "calls", page_of(make_ready()))


def test_a_run_without_a_plan_opens(staff: Client) -> None:
    roadmap = make_ready().roadmap
    run = make_run(roadmap, RunState.QUEUED)
    append_events(run.pk, [Event(EventType.RUN_QUEUED)])
    said = look(staff, page_of(run))
    assert "Ordered; waiting for a free worker." in said
    assert "nobody with an account" in said


def test_its_cost_is_that_of_the_run(staff: Client) -> None:
    run = make_roadmap("Knots", concepts=1)
    make_calls(run, 1)
    GenerationRun.objects.filter(pk=run.pk).update(model_calls=2, cost_usd=Decimal("0.5"))
    assert "Cost $0.5000" in part(staff, "run", page_of(run))
