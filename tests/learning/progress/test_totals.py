"""One number for how far somebody is."""

from __future__ import annotations

import pytest
from django.db.models import Q
from model_bakery import baker
from pytest_django import DjangoAssertNumQueries

from concepts.models import Concept
from learning.models import ConceptMark, Learner, Standing
from learning.progress.totals import Progress, marks_in, measure_progress
from roadmaps.models import Roadmap


@pytest.mark.parametrize(
    ("through", "total", "percent"), [(0, 0, 0), (0, 3, 0), (2, 3, 66), (299, 300, 99), (3, 3, 100)]
)
def test_only_all_of_it_is_a_hundred_percent(through: int, total: int, percent: int) -> None:
    progress = Progress(through, total)
    assert progress.percent == percent
    assert progress.is_finished == (percent == 100)
    assert progress.left == total - through


@pytest.mark.django_db
def test_done_known_and_skipped_count_and_only_ones_own(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    learner, other = Learner.objects.create(), Learner.objects.create()
    one, two = (
        baker.make(Roadmap, title="One", slug="one"),
        baker.make(Roadmap, title="Two", slug="two"),
    )
    concepts = [
        baker.make(
            Concept, roadmap=one, title=f"c{n}", slug=f"c{n}", outline_key=f"c{n}", position=n
        )
        for n in range(4)
    ]
    for concept, standing in zip(concepts, Standing, strict=False):
        ConceptMark.objects.create(learner=learner, concept=concept, standing=standing)
    ConceptMark.objects.create(learner=other, concept=concepts[3], standing=Standing.DONE)
    roadmaps = list(Roadmap.objects.filter(pk__in=[one.pk, two.pk]))
    theirs = Q(learner=learner)
    with django_assert_num_queries(1):
        progress = measure_progress(roadmaps, theirs)
    assert progress == {one.pk: Progress(3, 4), two.pk: Progress(0, 0)}
    assert set(marks_in(one, theirs)) == {concept.pk for concept in concepts[:3]}
    with django_assert_num_queries(0):
        assert measure_progress(roadmaps, None)[one.pk] == Progress(0, 4)
        assert marks_in(one, None) == {}
