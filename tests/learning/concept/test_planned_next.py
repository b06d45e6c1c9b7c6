"""What a learner opens is planned next, too, where its module has no details yet."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from concepts.models import Artifact, Concept
from generation.models import GenerationRun
from generation.port.spent import Spent
from generation.run_states import RunState
from generation.runs.batches import save_skeleton
from generation.runs.claims import Claimed, claim_next, claim_run
from generation.runs.details import DetailsFailure, DetailsWork, fail_details, save_details
from generation.runs.lifecycle import stop_run
from generation.runs.raising import HIGHEST, raise_unplanned
from learning.sharing.copying import copy_roadmap
from roadmaps.models import DetailsState, Module
from tests.generation.cast import open_run
from tests.generation.stepwise import make_details, make_skeleton, make_stepwise
from tests.learning.library import concept_page

pytestmark = pytest.mark.django_db

ALICE = uuid.uuid4()
SKELETON = make_skeleton(4, known=("c8",))
NOW = "What this teaches is being planned now."
NEXT = "What this teaches is planned next."


@pytest.fixture
def run_id() -> uuid.UUID:
    """Of four modules of two concepts each; the last concept is known."""
    run_id = open_run(make_stepwise(SKELETON))
    claim_run(run_id, ALICE, lease_seconds=30)
    assert save_skeleton(run_id, ALICE, SKELETON, spent=Spent())
    return run_id


def claim(run_id: uuid.UUID, limit: int) -> Claimed:
    return claim_next(run_id, ALICE, limit=limit, lease_seconds=30)


def save(run_id: uuid.UUID, work: DetailsWork) -> None:
    details = make_details(SKELETON, work.place)
    assert save_details(run_id, ALICE, work.module_id, details, spent=Spent())


def read(client: Client, run_id: uuid.UUID, key: str, **headers: str) -> str:
    page = concept_page(GenerationRun.objects.get(pk=run_id), key)
    return client.get(page, headers=headers).content.decode()


def told(run_id: uuid.UUID) -> list[str]:
    """What is claimed one after the other: modules by their first concept."""
    claimed = claim(run_id, 99)
    return [SKELETON.modules()[work.place].concepts[0].key for work in claimed.details]


def concept(key: str) -> Concept:
    return Concept.objects.get(outline_key=key)


def test_opening_a_concept_has_its_module_planned_next_and_then_itself_written(
    client: Client, run_id: uuid.UUID
) -> None:
    assert read(client, run_id, "c6").count(NEXT) == 3
    (work,) = claim(run_id, 1).details
    assert SKELETON.modules()[work.place].concepts[1].key == "c6"
    assert read(client, run_id, "c6").count(NOW) == 3
    save(run_id, work)
    claimed = claim(run_id, 5)
    assert [one.brief.key for one in claimed.works] == ["c6"] * 3
    assert [one.place for one in claimed.details] == [0, 1]


def test_the_one_opened_last_is_first_and_then_those_before_it(
    client: Client, run_id: uuid.UUID
) -> None:
    """Also in one module."""
    for key in ("c3", "c7", "c5", "c6"):
        read(client, run_id, key)
    assert told(run_id) == ["c5", "c7", "c3", "c1"]
    priorities = [concept(key).priority for key in ("c6", "c5", "c7", "c3")]
    assert priorities == sorted(priorities, reverse=True)
    assert len(set(priorities)) == 4


def test_what_is_planned_and_what_is_not_are_raised_above_each_other(
    client: Client, run_id: uuid.UUID
) -> None:
    save(run_id, claim(run_id, 1).details[0])
    read(client, run_id, "c7")
    read(client, run_id, "c2")
    read(client, run_id, "c5")
    claimed = claim(run_id, 5)
    assert [one.place for one in claimed.details] == [2, 3]
    assert [one.brief.key for one in claimed.works] == ["c2"] * 3


def test_a_module_that_is_being_planned_is_joined_and_what_was_opened_comes_first(
    client: Client, run_id: uuid.UUID
) -> None:
    (work,) = claim(run_id, 1).details
    held = Module.objects.filter(pk=work.module_id).values().get()
    assert read(client, run_id, "c2").count(NOW) == 3
    assert Module.objects.filter(pk=work.module_id).values().get() == held
    save(run_id, work)
    order = Artifact.objects.order_by("-priority", "position")
    assert order[0].concept.outline_key == "c2"


def test_asking_ahead_raises_nothing(client: Client, run_id: uuid.UUID) -> None:
    page = read(client, run_id, "c6", **{"X-Prefetch": "1"})
    assert page.count("What this teaches is still to be planned.") == 3
    assert told(run_id) == ["c1", "c3", "c5", "c7"]


def test_reading_on_writes_nothing_more(client: Client, run_id: uuid.UUID) -> None:
    read(client, run_id, "c6")
    with CaptureQueriesContext(connection) as queries:
        assert read(client, run_id, "c6").count(NEXT) == 3
    assert not [one for one in queries if "UPDATE" in one["sql"]]


def test_the_page_says_why_a_module_could_not_be_planned_and_that_it_is_tried_again(
    client: Client, run_id: uuid.UUID
) -> None:
    work, other = claim(run_id, 2).details
    fail_details(run_id, ALICE, DetailsFailure(work.module_id, "Nonsense."), spent=Spent())
    again = DetailsFailure(other.module_id, "Nonsense.", retry_seconds=60)
    fail_details(run_id, ALICE, again, spent=Spent())
    page = read(client, run_id, "c1")
    assert page.count("What this teaches could not be planned:") == 3
    assert "data-words" not in page
    assert "This will be tried again." in read(client, run_id, "c3")


def test_the_page_listens_from_the_beginning_and_not_for_what_is_known(
    client: Client, run_id: uuid.UUID
) -> None:
    page = read(client, run_id, "c6")
    assert page.count("data-awaited") == 3
    assert f"?words={concept('c6').pk}" in page
    assert "data-words" not in read(client, run_id, "c8")
    assert concept("c8").priority == 0


def test_nothing_is_raised_in_a_run_that_was_stopped(client: Client, run_id: uuid.UUID) -> None:
    stop_run(run_id, RunState.PAUSED, "The key was refused.")
    assert "Writing has stopped before this was its turn." in read(client, run_id, "c6")
    assert concept("c6").priority == 0


def test_no_priority_grows_beyond_its_bound(run_id: uuid.UUID) -> None:
    Concept.objects.filter(outline_key="c3").update(priority=HIGHEST)
    assert raise_unplanned(run_id, concept("c6").pk)
    assert not raise_unplanned(run_id, concept("c6").pk)
    assert concept("c6").priority == HIGHEST


def test_another_run_is_not_touched(run_id: uuid.UUID) -> None:
    other = open_run(make_stepwise(SKELETON))
    assert not raise_unplanned(other, concept("c6").pk)


def test_a_copy_knows_nothing_of_who_opened_what(client: Client, run_id: uuid.UUID) -> None:
    read(client, run_id, "c6")
    copy = copy_roadmap(GenerationRun.objects.get(pk=run_id).roadmap, owner=None)
    assert set(Concept.objects.filter(roadmap=copy).values_list("priority", flat=True)) == {0}
    states = Module.objects.filter(stage__roadmap=copy).values_list("details_state", flat=True)
    assert set(states) == {DetailsState.FAILED}
