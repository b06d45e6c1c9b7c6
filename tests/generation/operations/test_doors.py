"""Who gets in, and how anything is done."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from accounts.models import User
from generation.models import GenerationRun
from generation.run_states import RunState
from tests.generation.admin_cast import make_roadmap
from tests.visitors import VISITORS, make_visitors

ACTS = ("cancel", "resume", "retry")


@pytest.fixture
def run(db: None) -> GenerationRun:
    run = make_roadmap("Knots", concepts=1)
    GenerationRun.objects.filter(pk=run.pk).update(state=RunState.RUNNING, last_seq=3)
    return run


def pages_of(run: GenerationRun) -> list[str]:
    return [
        "/operations/",
        "/operations/now/",
        f"/operations/runs/{run.pk}/",
        f"/operations/runs/{run.pk}/now/",
    ]


def acts_on(run: GenerationRun) -> list[str]:
    return [f"/operations/runs/{run.pk}/{act}/" for act in ACTS]


EXPECTED = {"staff": 200, "alice": 404, "bob": 404, "anonymous": 302}


@pytest.mark.parametrize("visitor", VISITORS)
def test_only_staff_see_the_pages(run: GenerationRun, visitor: str) -> None:
    client = make_visitors().client(visitor)
    statuses = {client.get(page).status_code for page in pages_of(run)}
    assert statuses == {EXPECTED[visitor]}


@pytest.mark.parametrize("visitor", ["alice", "bob", "anonymous"])
def test_nobody_else_does_anything(run: GenerationRun, queued: list[str], visitor: str) -> None:
    client = make_visitors().client(visitor)
    statuses = {client.post(act).status_code for act in acts_on(run)}
    assert statuses == {EXPECTED[visitor]}
    assert GenerationRun.objects.get().state == RunState.RUNNING
    assert queued == []


def test_an_owner_who_is_no_staff_is_nobody_else_here(run: GenerationRun) -> None:
    client = Client()
    client.force_login(User.objects.get(is_staff=False))
    assert client.get(f"/operations/runs/{run.pk}/").status_code == 404


def test_a_visitor_is_led_back_after_signing_in(run: GenerationRun, client: Client) -> None:
    page = f"/operations/runs/{run.pk}/"
    assert client.get(page).headers["Location"] == f"/accounts/login/?next={page}"
    act = client.post(f"{page}cancel/")
    assert act.headers["Location"] == "/accounts/login/?next=/operations/"


def test_who_was_staff_is_not_any_more(run: GenerationRun, staff: Client) -> None:
    User.objects.filter(is_staff=True).update(is_staff=False)
    assert staff.get("/operations/").status_code == 404


def test_a_form_without_its_token_does_nothing(run: GenerationRun, queued: list[str]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_visitors().staff)
    assert {client.post(act).status_code for act in acts_on(run)} == {403}
    assert GenerationRun.objects.get().state == RunState.RUNNING


def test_looking_at_an_action_does_nothing(
    run: GenerationRun, staff: Client, queued: list[str]
) -> None:
    assert {staff.get(act).status_code for act in acts_on(run)} == {405}
    assert GenerationRun.objects.get().state == RunState.RUNNING


def test_pages_only_show(run: GenerationRun, staff: Client) -> None:
    assert {staff.post(page).status_code for page in pages_of(run)} == {405}


def test_a_run_that_is_not_there_is_not_found(staff: Client, queued: list[str]) -> None:
    nowhere = f"/operations/runs/{uuid.uuid4()}/"
    assert staff.get(nowhere).status_code == 404
    assert {staff.post(f"{nowhere}{act}/").status_code for act in ACTS} == {404}


def test_no_browser_keeps_a_page(run: GenerationRun, staff: Client) -> None:
    for page in pages_of(run):
        assert "no-store" in staff.get(page).headers["Cache-Control"]


def test_the_way_there_is_shown_to_staff_alone(run: GenerationRun) -> None:
    visitors = make_visitors()
    pages = {name: visitors.client(name).get("/").content.decode() for name in VISITORS}
    for address in ("/operations/", "/admin/"):
        shown = {name for name, html in pages.items() if f'href="{address}"' in html}
        assert shown == {"staff"}
