"""Who gets what from each address of the API; none is missing from the table."""

from __future__ import annotations

import pytest
from ninja.operation import PathView

from concepts.models import Concept
from config.api import api
from generation.models import GenerationRun
from roadmaps.models import Visibility
from tests.generation.api.calls import API, error_of
from tests.learning.library import make_ready, open_order
from tests.learning.planning.planning import make_planned
from tests.visitors import VISITORS, Visitors, make_visitors

pytestmark = pytest.mark.django_db

READ = {
    "GET runs/{uuid:run_id}",
    "GET runs/{uuid:run_id}/events",
    "GET roadmaps/{uuid:roadmap_id}",
    "GET roadmaps/{uuid:roadmap_id}/concepts/{uuid:concept_id}",
}
CHANGE = {"POST runs/{uuid:run_id}/cancel", "POST runs/{uuid:run_id}/resume"}
PLAN = {
    "GET runs/{uuid:run_id}/plan",
    "PUT runs/{uuid:run_id}/plan",
    "POST runs/{uuid:run_id}/approve",
    "POST runs/{uuid:run_id}/discard",
}
# What everybody may ask; whose it then is, and what is in it, is tested where they are.
OPEN = {"POST roadmaps/generate", "GET roadmaps"}

SEEN = {"alice": 200, "bob": 200, "anonymous": 200, "staff": 200}
HIDDEN = {"alice": 200, "bob": 404, "anonymous": 404, "staff": 200}
THEIRS = {"alice": 200, "bob": 403, "anonymous": 401, "staff": 200}
NOBODYS = {"alice": 403, "bob": 403, "anonymous": 401, "staff": 200}


@pytest.fixture
def visitors() -> Visitors:
    return make_visitors()


def addressed(route: str, run: GenerationRun) -> str:
    concept = Concept.objects.filter(roadmap=run.roadmap_id).first()
    values = {
        "{uuid:run_id}": run.pk,
        "{uuid:roadmap_id}": run.roadmap_id,
        "{uuid:concept_id}": concept and concept.stable_key,
    }
    for name, value in values.items():
        route = route.replace(name, str(value))
    return f"{API}/{route}"


def ask(visitors: Visitors, visitor: str, operation: str, run: GenerationRun) -> int:
    method, _, route = operation.partition(" ")
    client = visitors.client(visitor)
    answer = getattr(client, method.lower())(addressed(route, run))
    if answer.status_code >= 400:
        error_of(answer)
    return int(answer.status_code)


@pytest.mark.parametrize("visitor", VISITORS)
@pytest.mark.parametrize(
    ("visibility", "status"),
    [
        (Visibility.PUBLIC, SEEN),
        (Visibility.UNLISTED, SEEN),
        (Visibility.PRIVATE, HIDDEN),
    ],
)
def test_what_is_read_is_read_by_those_who_see_the_roadmap(
    visitors: Visitors, visitor: str, visibility: Visibility, status: dict[str, int]
) -> None:
    run = make_ready(owner=visitors.alice, visibility=visibility)
    for operation in sorted(READ):
        assert ask(visitors, visitor, operation, run) == status[visitor], operation


@pytest.mark.parametrize("visitor", VISITORS)
@pytest.mark.parametrize(
    ("owned", "visibility", "status"),
    [
        (True, Visibility.PUBLIC, THEIRS),
        (True, Visibility.UNLISTED, THEIRS),
        (True, Visibility.PRIVATE, HIDDEN),
        (False, Visibility.PUBLIC, NOBODYS),
        (False, Visibility.UNLISTED, NOBODYS),
    ],
)
def test_a_run_is_cancelled_and_resumed_by_those_whose_it_is(
    visitors: Visitors,
    visitor: str,
    owned: bool,
    visibility: Visibility,
    status: dict[str, int],
) -> None:
    scribe = open_order(owner=visitors.alice if owned else None, visibility=visibility)
    run = GenerationRun.objects.get(pk=scribe.run_id)
    for operation in sorted(CHANGE):
        assert ask(visitors, visitor, operation, run) == status[visitor], operation
    events = run.events.values_list("type", flat=True)
    assert ("run_cancelled" in events) is (status[visitor] == 200)


@pytest.mark.parametrize("visitor", VISITORS)
@pytest.mark.parametrize(
    ("owned", "visibility", "status"),
    [
        (True, Visibility.PUBLIC, THEIRS),
        (True, Visibility.PRIVATE, HIDDEN),
        (False, Visibility.UNLISTED, NOBODYS),
    ],
)
def test_a_plan_is_seen_and_changed_by_those_who_may_resume_its_run(
    visitors: Visitors,
    visitor: str,
    owned: bool,
    visibility: Visibility,
    status: dict[str, int],
) -> None:
    run = make_planned(owner=visitors.alice if owned else None, visibility=visibility)
    # Without a body, whoever may change it is told so.
    allowed = status[visitor] == 200
    put, get, discard = "PUT {}/plan", "GET {}/plan", "POST {}/discard"
    for operation in (put, get, discard):
        expected = 422 if operation is put and status[visitor] in {200, 403, 401, 404} else None
        told = ask(visitors, visitor, operation.format("runs/{uuid:run_id}"), run)
        assert told == (expected or status[visitor]), operation
    run.refresh_from_db()
    assert (run.state == "cancelled") is allowed


def test_no_operation_is_missing_from_these_tables() -> None:
    found = {
        f"{method} {prefix}{path}".replace("uuidstr", "uuid")
        for prefix, router in api._routers
        for path, view in router.path_operations.items()
        for operation in _operations(view)
        for method in operation
    }
    assert found == READ | CHANGE | PLAN | OPEN


def _operations(view: PathView) -> list[list[str]]:
    return [operation.methods for operation in view.operations]


def test_a_private_roadmap_and_none_at_all_look_the_same(visitors: Visitors) -> None:
    run = make_ready(owner=visitors.alice, visibility=Visibility.PRIVATE)
    client = visitors.client("bob")
    nothing = "00000000-0000-4000-8000-000000000000"
    for kind, key in (("runs", run.pk), ("roadmaps", run.roadmap_id)):
        hidden, missing = (client.get(f"{API}/{kind}/{one}") for one in (key, nothing))
        assert (hidden.status_code, hidden.content) == (missing.status_code, missing.content)
