"""The list of runs: what is under way first, then the newest, page by page."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from model_bakery import baker

from concepts.artifact_states import ArtifactState
from concepts.models import Artifact
from generation.models import GenerationRun
from generation.operations import run_lists
from generation.operations.run_lists import FILTERS, list_runs
from generation.run_states import RunState
from roadmaps.models import Roadmap
from tests.generation.admin_cast import make_roadmap
from tests.generation.operations.looking import part

pytestmark = pytest.mark.django_db
BEGAN = timezone.now()


def add_run(age: int, state: RunState = RunState.READY, **fields: Any) -> GenerationRun:
    """`age` in minutes."""
    title = f"Run of {age} minutes"
    roadmap = baker.make(Roadmap, title=title, slug=uuid.uuid4(), language="en")
    known = {"state": state, "reason": "why" if state == RunState.FAILED else ""}
    run: GenerationRun = baker.make(GenerationRun, roadmap=roadmap, **(known | fields))
    ordered = BEGAN - timedelta(minutes=age)
    GenerationRun.objects.filter(pk=run.pk).update(created_at=ordered)
    return run


def titles(runs: list[run_lists.Listed]) -> list[str]:
    return [listed.run.roadmap.title for listed in runs]


def test_what_is_under_way_stands_first_however_old(staff: Client) -> None:
    for age, state in ((1, RunState.READY), (500, RunState.RUNNING), (2, RunState.FAILED)):
        add_run(age, state)
    said = part(staff, "runs")
    order = [said.index(f"Run of {age} minutes") for age in (500, 1, 2)]
    assert order == sorted(order)


def test_every_run_stands_on_exactly_one_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_lists, "CLOSED_SHOWN", 3)
    for age in range(10):
        add_run(age)
    seen, before = [], ""
    while True:
        page = list_runs(before=before)
        seen += titles(page.closed)
        if not (before := page.older):
            break
    assert seen == [f"Run of {age} minutes" for age in range(10)]


def test_runs_of_one_moment_are_paged_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_lists, "CLOSED_SHOWN", 1)
    runs = {add_run(5).pk for _ in range(3)}
    first = list_runs()
    second = list_runs(before=first.older)
    third = list_runs(before=second.older)
    assert {page.closed[0].run.pk for page in (first, second, third)} == runs
    assert not third.older


def test_more_under_way_than_fit_are_led_to(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_lists, "OPEN_SHOWN", 2)
    for age in range(3):
        add_run(age, RunState.QUEUED)
    assert "show all of them" in part(staff, "runs")
    html = staff.get("/operations/?state=open").content.decode()
    assert html.count('data-state="queued"') == 3


def test_a_later_page_does_not_repeat_what_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_lists, "CLOSED_SHOWN", 1)
    add_run(9, RunState.RUNNING)
    add_run(1)
    add_run(2)
    assert list_runs(before=list_runs().older).open == []


@pytest.mark.parametrize("name", FILTERS)
def test_the_list_may_be_narrowed_to_a_state(name: str) -> None:
    for age, state in enumerate(RunState):
        add_run(age, state, reason="why")
    narrowed = list_runs(only=name)
    assert narrowed.open == []
    assert {listed.run.state for listed in narrowed.closed} == set(FILTERS[name])


@pytest.mark.parametrize(
    "query", ["state=none", "before=x", "before=99999999999999999-" + 32 * "f"]
)
def test_what_makes_no_sense_counts_as_not_said(staff: Client, query: str) -> None:
    add_run(1)
    assert staff.get(f"/operations/?{query}").status_code == 200


def test_a_row_says_how_far_it_is_who_writes_it_how_old_it_is_and_what_it_cost(
    staff: Client,
) -> None:
    run = make_roadmap("Knots", concepts=2)
    GenerationRun.objects.filter(pk=run.pk).update(
        state=RunState.PARTIAL,
        model="rope-1",
        created_at=timezone.now() - timedelta(hours=3, minutes=5),
        model_calls=7,
        cost_usd=Decimal("1.5"),
    )
    failed = Artifact.objects.filter(run_id=run.pk)[0]
    failed.state, failed.error_public = ArtifactState.FAILED, "It would not hold."
    failed.save()
    said = part(staff, "runs").replace("\xa0", " ")
    assert "partly ready Knots why 5 of 6 1 failed scripted rope-1 3 hours" in said
    assert "$1.5000 Retry" in said


@pytest.mark.parametrize(
    ("calls", "cost", "said"),
    [(0, None, "nothing"), (3, None, "unknown"), (3, Decimal(0), "$0.0000")],
)
def test_an_unknown_cost_is_neither_nothing_nor_zero(
    staff: Client, calls: int, cost: Decimal | None, said: str
) -> None:
    add_run(1, model_calls=calls, cost_usd=cost)
    assert re.search(rf"minutes? {re.escape(said)}", part(staff, "runs").replace("\xa0", " "))


def test_an_empty_site_says_so(staff: Client) -> None:
    assert "There are none." in part(staff, "runs")


def test_what_people_typed_is_never_markup(staff: Client) -> None:
    roadmap = baker.make(Roadmap, title="<b>bold</b>", goal='"><script>x', slug="b")
    run = baker.make(GenerationRun, roadmap=roadmap, state=RunState.QUEUED)
    for address in ("/operations/", f"/operations/runs/{run.pk}/"):
        html = staff.get(address).content.decode()
        assert "<b>bold" not in html
        assert "<script>x" not in html
