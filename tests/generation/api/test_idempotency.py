"""The same key is the same order: for its caller, and for nobody else."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from pytest_django import Settings

from accounts.limits.recall import notes
from generation.models import GenerationRun
from roadmaps.models import Roadmap
from tests.generation.api.calls import PREDECESSORS, error_of, generate
from tests.learning.library import make_ready
from tests.visitors import make_visitors

pytestmark = pytest.mark.django_db

OTHER = PREDECESSORS | {"hours_per_week": 5}


@pytest.fixture(autouse=True)
def as_many_as_one_likes(settings: Settings) -> None:
    settings.OPEN_RUNS_PER_PERSON = settings.ANONYMOUS_ROADMAPS_PER_DAY = 1_000


def written_already() -> GenerationRun:
    """A public roadmap that answers the goal: an order for it opens no run."""
    run = make_ready()
    Roadmap.objects.filter(pk=run.roadmap_id).update(
        goal="Python Web开发", goal_key="python web开发"
    )
    options = dict.fromkeys(
        ("level", "language", "hours_per_week", "target_date", "concepts"), None
    )
    GenerationRun.objects.filter(pk=run.pk).update(provider="catalogue", options=options)
    return run


def run_of(client: Client, key: str, body: Any = PREDECESSORS, **more: Any) -> str:
    answer = generate(client, body, key=key, **more)
    assert answer.status_code == 202
    return str(answer.json()["run_id"])


@pytest.mark.parametrize("who", ["anonymous", "alice"])
@pytest.mark.parametrize("is_written", [False, True])
def test_the_same_key_and_body_give_the_same_run_and_another_body_is_refused(
    who: str, is_written: bool
) -> None:
    client = make_visitors().client(who)
    if is_written:
        written_already()
    first = run_of(client, "knots")
    assert [run_of(client, "knots") for _ in range(2)] == [first] * 2
    for body in (OTHER, PREDECESSORS | {"user_id": "somebody else"}):
        answer = generate(client, body, key="knots")
        assert (answer.status_code, error_of(answer)["code"]) == (409, "conflict")
    assert run_of(client, "other knots", OTHER) != first


def test_a_key_is_known_without_its_note_too(client: Client) -> None:
    """Another process, and no Redis: the row of the run is enough."""
    first = run_of(client, "knots")
    notes.cache_clear()
    assert run_of(client, "knots") == first
    assert generate(client, OTHER, key="knots").status_code == 409


def test_a_key_goes_on_meaning_what_it_was_answered_with_first(client: Client) -> None:
    first = run_of(client, "knots")
    written_already()
    assert run_of(client, "knots") == first


def test_a_key_whose_run_was_deleted_may_be_used_again(client: Client) -> None:
    first = run_of(client, "knots")
    Roadmap.objects.all().delete()
    assert run_of(client, "knots") != first


def test_strangers_with_one_key_do_not_meet() -> None:
    visitors = make_visitors()
    browser = Client()
    browser.post("/", {"goal": "Python web development"})
    callers = [
        (visitors.client("alice"), {}),
        (visitors.client("bob"), {}),
        (Client(), {}),
        (Client(), {"REMOTE_ADDR": "192.0.2.1"}),
        (browser, {}),
    ]
    runs = {run_of(client, "1", **more) for client, more in callers}
    assert len(runs) == len(callers)
    bodies = [generate(client, OTHER, key="2", **more).status_code for client, more in callers]
    assert bodies == [202] * len(callers)


def test_whoever_has_no_cookie_may_repeat_a_request_that_was_not_answered() -> None:
    assert run_of(Client(), "knots") == run_of(Client(), "knots")


def test_without_a_key_each_request_is_an_order(client: Client) -> None:
    runs = {generate(client).json()["run_id"] for _ in range(3)}
    assert len(runs) == 3


def test_a_form_and_a_caller_never_share_a_key(client: Client) -> None:
    client.post("/", {"goal": "Python Web开发", "key": "00000000-0000-4000-8000-000000000001"})
    form = GenerationRun.objects.get()
    assert run_of(client, str(form.idempotency_key)) != str(form.pk)


@pytest.mark.parametrize("key", ["x" * 201, ""])
def test_a_key_has_bounds(client: Client, key: str) -> None:
    answer = generate(client, headers={"Idempotency-Key": key})
    fields = error_of(answer)["fields"]
    assert (answer.status_code, list(fields)) == (422, ["Idempotency-Key"])


@pytest.mark.parametrize("key", ["x" * 200, "钥匙", "a b", "\x7f", "'; drop table"])
def test_any_other_key_will_do(client: Client, key: str) -> None:
    assert run_of(client, key) == run_of(client, key)


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_opens_a_run_and_all_are_told_which(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("generation.tasks.start_run.delay", lambda _run: None)
    together = threading.Barrier(6)

    def come(_number: int) -> str:
        together.wait(100)
        try:
            return run_of(Client(), "knots")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        runs = set(pool.map(come, range(6)))
    assert len(runs) == GenerationRun.objects.count() == 1
    connection.close()
