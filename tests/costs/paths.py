"""What people and processes do, each once: the statements behind it are what is explained.

A path is called with the number of a roadmap that somebody else has had written. What it does
before its `yield` is not explained. Nothing it writes is kept.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.models import User
from concepts.artifact_states import ArtifactState
from concepts.models import Artifact, Concept
from generation.dispatch import Order, request_roadmap
from generation.live.consumers import may_watch
from generation.models import GenerationRun
from generation.operations import spending
from generation.operations.run_details import get_run_details
from generation.operations.run_lists import list_runs
from generation.port.errors import ContentError
from generation.port.request import OutlineRequest
from generation.port.spent import Spent
from generation.puller import ledger_rows
from generation.puller.ledger import CallRecord
from generation.run_states import RunState
from generation.runs import claims, lifecycle, reports, selectors, sweeping
from generation.runs.lifecycle import retry_artifacts
from generation.runs.progress import count_unfinished, get_run_progress, has_pending
from learning.home.views import ROADMAPS_ON_A_PAGE
from roadmaps.makers import MADE_ROADMAPS
from roadmaps.models import Roadmap
from tests.costs.seeding import CONCEPTS, ROADMAP, RUN, key
from tests.generation.cast import KINDS, make_outline, open_run
from tests.generation.scribe import Scribe
from tests.learning.library import QuickProvider

Path = Callable[[int], Iterator[int | None]]
PATHS: dict[str, Path] = {}


def path(name: str) -> Callable[[Path], Path]:
    def keep(function: Path) -> Path:
        PATHS[name] = function
        return function

    return keep


def _read(client: Client, address: str, status: int = 200) -> None:
    assert (client.get(address).status_code, address) == (status, address)


def _page(name: str, address: str, *, listed: int = 0) -> None:
    """`listed`: of how many roadmaps a page tells at most, with a look at each."""

    @path(name)
    def read(subject: int) -> Iterator[int]:
        yield listed
        moment = (int(time.time()) - 60 * subject) * 10**6
        run, roadmap = key(RUN, subject), key(ROADMAP, subject)
        far = f"{moment}-{roadmap.hex}"
        _read(Client(), address.format(subject=subject, run=run, far=far, roadmap=roadmap))


_page("home", "/", listed=ROADMAPS_ON_A_PAGE)
_page("home, its third page", "/?page=3", listed=ROADMAPS_ON_A_PAGE)
_page("home, a page far behind", "/?page=90&page_after={far}", listed=ROADMAPS_ON_A_PAGE)
_page("home, a search for one title", "/?q=subject+{subject}")
_page("home, a search that finds all", "/?q=roadmap", listed=ROADMAPS_ON_A_PAGE)
_page("home, a search in Chinese", "/?q=学习第{subject}课", listed=ROADMAPS_ON_A_PAGE)
_page("home, a search that finds nothing", "/?q=bowline")
_page("a roadmap", "/roadmaps/subject-{subject}/")
_page("a concept", "/roadmaps/subject-{subject}/concept-7/")
_page("a run", "/runs/{run}/")
_page("a look at a run", "/runs/{run}/events/?after=100")
_page("the API's list", "/api/v1/roadmaps", listed=ROADMAPS_ON_A_PAGE)
_page("the API's list, far behind", "/api/v1/roadmaps?after={far}", listed=ROADMAPS_ON_A_PAGE)
_page("the API's list, a search", "/api/v1/roadmaps?q=subject+{subject}")
_page("a roadmap through the API", "/api/v1/roadmaps/{roadmap}")
_page("a run through the API", "/api/v1/runs/{run}")
_page("events through the API", "/api/v1/runs/{run}/events?after=100")


@path("a roadmap, by somebody who learns")
def read_with_marks(subject: int) -> Iterator[None]:
    client = Client()
    client.force_login(User.objects.get(email="user2@knots.example"))
    yield
    _read(client, f"/roadmaps/subject-{subject}/")


@path("resuming")
def resume(subject: int) -> Iterator[None]:
    client = Client()
    client.force_login(User.objects.get(email="user1@knots.example"))
    yield
    assert client.post(f"/roadmaps/subject-{subject}/-/resume/").status_code == 302


@path("home of somebody who has some")
def read_own_home(subject: int) -> Iterator[int]:
    client = Client()
    client.force_login(User.objects.get(email="user1@knots.example"))
    yield ROADMAPS_ON_A_PAGE
    _read(client, "/")
    _read(client, "/?own=2")


@path("the API's list for somebody who has some")
def read_own_list(subject: int) -> Iterator[int]:
    client = Client()
    client.force_login(User.objects.get(email="user1@knots.example"))
    yield ROADMAPS_ON_A_PAGE
    _read(client, "/api/v1/roadmaps")
    _read(client, "/api/v1/roadmaps?whose=own&q=roadmap")


@path("a concept through the API")
def read_concept(subject: int) -> Iterator[None]:
    concept = Concept.objects.filter(roadmap=key(ROADMAP, subject)).order_by("position")[7]
    yield
    _read(Client(), f"/api/v1/roadmaps/{concept.roadmap_id}/concepts/{concept.stable_key}")


@path("home of a browser that made some")
def read_anonymous_home(subject: int) -> Iterator[int]:
    client = Client()
    session = client.session
    session[MADE_ROADMAPS] = [str(key(ROADMAP, subject)), str(uuid.uuid4())]
    session.save()
    yield ROADMAPS_ON_A_PAGE
    _read(client, "/")


def _begin_many() -> None:
    """More of each state than a page shows: the newest there are."""
    roadmap = Roadmap.objects.create(goal="Knots", title="Knots", slug="knots-of-the-page")
    states = [RunState.RUNNING, RunState.READY, RunState.PAUSED] * 45
    known: dict[str, Any] = {"roadmap": roadmap, "reason": "why", "provider": "rope"}
    GenerationRun.objects.bulk_create([GenerationRun(state=state, **known) for state in states])


@path("the staff's page")
def look_at_operations(subject: int) -> Iterator[None]:
    _begin_many()
    yield
    list_runs()
    list_runs(only="paused")
    last = list_runs().older
    list_runs(before=last)
    list_runs(only="ready", before=last)
    # Of a time in which nobody did anything, for all else is what others have.
    later = timezone.now() + timedelta(days=30)
    spending.read_hours(later)
    spending.read_days(later)


@path("what a run's page tells the staff")
def look_at_run_details(subject: int) -> Iterator[None]:
    yield
    get_run_details(key(RUN, subject))
    get_run_details(key(RUN, subject), before="60")


@path("signing up, out and in")
def sign_in(subject: int) -> Iterator[None]:
    yield
    client = Client()
    person = {"email": "new@knots.example", "password1": "rope-and-twine"}
    client.post("/accounts/signup/", person | {"password2": person["password1"]})
    client.post("/accounts/logout/")
    words = {"username": person["email"], "password": person["password1"]}
    assert client.post("/accounts/login/", words).status_code == 302


@path("opening a socket")
def open_socket(subject: int) -> Iterator[None]:
    yield
    assert may_watch(key(RUN, subject), None)


@path("ordering, twice with one key")
def order(subject: int) -> Iterator[None]:
    provider = QuickProvider(make_outline(CONCEPTS))
    placed = Order(OutlineRequest(goal="Subject"), idempotency_key="knots")
    yield
    run_id = request_roadmap(placed, provider)
    assert request_roadmap(placed, provider) == run_id


@path("ordering on the page")
def order_on_the_page(subject: int) -> Iterator[None]:
    client = Client()
    client.get("/")
    yield
    assert client.post("/", {"goal": "Python web development"}).status_code == 302


@path("looking for what is there already")
def find_finished(subject: int) -> Iterator[None]:
    yield
    wanted = OutlineRequest(goal=f"Learn subject {subject}")
    selectors.find_finished_run(wanted, provider="catalogue")


def begin(**fails: Exception) -> Scribe:
    fail = {(concept, kind): error for concept, error in fails.items() for kind in KINDS}
    provider = QuickProvider(make_outline(CONCEPTS), fail=fail)
    return Scribe(open_run(provider), provider)


@path("planning")
def plan(subject: int) -> Iterator[None]:
    scribe = begin()
    yield
    scribe.plan()


@path("a claim, and its batch")
def write_a_batch(subject: int) -> Iterator[None]:
    scribe = begin(c01=ContentError("The rope was too short."))
    scribe.plan()
    scribe.write(16)
    yield
    assert scribe.write(16)


@path("progress")
def look_at_progress(subject: int) -> Iterator[None]:
    run_id = key(RUN, subject)
    yield
    assert get_run_progress(run_id).ready == 3 * CONCEPTS
    assert (count_unfinished(run_id), has_pending(run_id)) == (0, False)
    assert lifecycle.close_run(run_id) is None


@path("the end of a run, and its report")
def close(subject: int) -> Iterator[None]:
    scribe = begin(c07=ContentError("The rope was too short."))
    scribe.plan()
    scribe.write()
    yield
    assert scribe.close() is RunState.PARTIAL
    assert reports.get_run_report(scribe.run_id)["counts"]["failed"] == 3
    selectors.find_detail(scribe.run_id)
    selectors.find_refusal(scribe.run_id)


@path("pausing and resuming")
def stop_and_resume(subject: int) -> Iterator[None]:
    scribe = begin(c07=ContentError("The rope was too short."))
    scribe.plan()
    scribe.write()
    yield
    lifecycle.stop_run(scribe.run_id, RunState.PAUSED, "Enough.", detail="no rope")
    assert lifecycle.resume_run(scribe.run_id)


@path("trying again what failed")
def retry(subject: int) -> Iterator[None]:
    scribe = begin(c07=ContentError("The rope was too short."))
    scribe.write_all()
    yield
    failed = Artifact.objects.filter(run_id=scribe.run_id, state=ArtifactState.FAILED)
    assert retry_artifacts(scribe.run_id, list(failed.values_list("pk", flat=True))) == 3


@path("claims, renewed and given back")
def claim_and_give_back(subject: int) -> Iterator[None]:
    scribe = begin()
    scribe.plan()
    spent, puller = Spent(calls=1, tokens_in=1), uuid.uuid4()
    yield
    claimed = claims.claim_next(scribe.run_id, puller, limit=8, lease_seconds=30.0)
    held = [work.artifact_id for work in claimed.works]
    claims.renew_work(scribe.run_id, puller, held, lease_seconds=30.0)
    assert claims.give_up_work(scribe.run_id, puller, spent) == len(held) == 8


@path("a sweep")
def sweep(subject: int) -> Iterator[None]:
    begin().start()
    yield
    sweeping.sweep()


@path("a report on what others had written")
def report(subject: int) -> Iterator[None]:
    yield
    reports.get_run_report(key(RUN, subject))
    get_run_progress(key(RUN, subject))


@path("the ledger's records")
def keep_books(subject: int) -> Iterator[None]:
    call: CallRecord = {
        "id": str(uuid.uuid4()),
        "run": str(key(RUN, subject)),
        "at": "2026-11-26T12:00:00Z",
        "purpose": "quiz",
        "prompt_version": "1",
        "model": "rope-1",
        "attempt": 1,
        "seconds": 1.0,
        "outcome": "ok",
        "error_class": "",
        "cost_usd": None,
        "tokens_in": 1,
        "tokens_out": 1,
        "tokens_cached": 0,
    }
    yield
    assert ledger_rows.save_calls([call]) == 1
