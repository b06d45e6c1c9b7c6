"""What a roadmap knows of its concepts and runs, kept by the database whoever writes."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction
from django.db.models import F

from concepts.models import Concept
from generation.models import GenerationRun
from roadmaps.models import Module, Roadmap, Stage
from roadmaps.services import create_roadmap

pytestmark = pytest.mark.django_db


def make_module(goal: str = "knots") -> Module:
    stage = Stage.objects.create(roadmap=create_roadmap(goal=goal), position=1, title="Part")
    return Module.objects.create(stage=stage, position=1, title="Ropes")


def add_concepts(module: Module, places: range, minutes: int = 20) -> None:
    Concept.objects.bulk_create(
        Concept(
            roadmap=module.stage.roadmap,
            module=module,
            position=place,
            title="Knot",
            slug=f"knot-{place}",
            outline_key=f"c{place}",
            est_minutes=minutes,
        )
        for place in places
    )


def sums_of(module: Module) -> tuple[int, int]:
    roadmap = Roadmap.objects.get(pk=module.stage.roadmap_id)
    return roadmap.concept_count, roadmap.minutes


def test_concepts_are_counted_as_they_come_change_and_go() -> None:
    module = make_module()
    assert sums_of(module) == (0, 0)
    add_concepts(module, range(1, 4))
    assert sums_of(module) == (3, 60)
    Concept.objects.filter(position=2).update(est_minutes=F("est_minutes") + 25)
    assert sums_of(module) == (3, 85)
    Concept.objects.filter(position__gt=1).delete()
    assert sums_of(module) == (1, 20)


def test_each_roadmap_is_told_of_its_own_concepts() -> None:
    one, other = make_module("one"), make_module("other")
    add_concepts(one, range(1, 3))
    add_concepts(other, range(1, 6), minutes=10)
    Concept.objects.update(est_minutes=F("est_minutes") * 2)
    assert (sums_of(one), sums_of(other)) == ((2, 80), (5, 100))


@pytest.mark.django_db(transaction=True)
def test_two_transactions_that_change_one_roadmap_at_once_both_count() -> None:
    module = make_module()
    add_concepts(module, range(1, 3))
    last = Concept.objects.get(position=2)

    def shorten() -> None:
        Concept.objects.filter(position=1).update(est_minutes=5)
        connection.close()

    other = threading.Thread(target=shorten)
    with transaction.atomic():
        Concept.objects.filter(pk=last.pk).update(est_minutes=50)
        other.start()  # it cannot end before this transaction does
    other.join(30)
    assert sums_of(module) == (2, 55)


def test_a_roadmap_is_ready_to_read_once_a_run_has_brought_all_of_it() -> None:
    roadmap = create_roadmap(goal="knots")
    run = GenerationRun.objects.create(roadmap=roadmap, provider="scripted", state="running")
    readable = Roadmap.objects.filter(is_readable=True)
    assert not readable.exists()
    GenerationRun.objects.filter(pk=run.pk).update(state="ready")
    assert readable.exists()
    GenerationRun.objects.create(roadmap=roadmap, provider="scripted", state="queued")
    assert readable.exists()


def test_saving_a_roadmap_that_was_read_before_takes_nothing_back() -> None:
    module = make_module()
    stale = Roadmap.objects.get(pk=module.stage.roadmap_id)
    add_concepts(module, range(1, 4))
    GenerationRun.objects.create(roadmap=stale, provider="scripted", state="ready")
    stale.title = "Better knots"
    stale.save()
    kept = Roadmap.objects.get(pk=stale.pk)
    assert (kept.title, kept.concept_count, kept.is_readable) == ("Better knots", 3, True)


def test_a_roadmap_goes_with_everything_in_it() -> None:
    module = make_module()
    add_concepts(module, range(1, 4))
    module.stage.roadmap.delete()
    assert not Roadmap.objects.exists()


def test_many_roadmaps_of_one_goal_get_addresses_of_their_own() -> None:
    slugs = [create_roadmap(goal="Tying knots").slug for _ in range(12)]
    assert slugs[:3] == ["tying-knots", "tying-knots-2", "tying-knots-3"]
    assert len(set(slugs)) == 12
