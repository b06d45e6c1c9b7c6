"""What comes next, and what has changed behind one's back."""

from __future__ import annotations

import pytest
from django.db.models import Q
from pytest_django import DjangoAssertNumQueries

from learning.models import Learner, Standing
from learning.progress.changes import changed_concepts, is_changed
from learning.progress.next_steps import next_step, next_steps
from tests.learning.progress.cast import in_order, make_roadmap, mark, write_tutorial

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner() -> Learner:
    return Learner.objects.create()


def test_the_next_step_is_the_first_in_order_that_one_is_not_through_with(
    learner: Learner, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    roadmap, theirs = make_roadmap(), Q(learner=learner)
    first, second, third, fourth = in_order(roadmap)
    mark(Learner.objects.create(), first)
    with django_assert_num_queries(1):
        assert next_step(roadmap, theirs) == first
    mark(learner, first, Standing.KNOWN)
    mark(learner, third, Standing.SKIPPED)
    assert next_step(roadmap, theirs) == second
    mark(learner, second, Standing.DONE)
    assert next_step(roadmap, theirs) == fourth
    mark(learner, fourth)
    assert next_step(roadmap, theirs) is None


def test_whoever_left_nothing_begins_at_the_beginning() -> None:
    roadmap = make_roadmap()
    assert next_step(roadmap, None) == in_order(roadmap)[0]
    assert next_step(make_roadmap("void", concepts=0), None) is None


def test_the_next_steps_of_many_roadmaps_are_one_question(
    learner: Learner, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one, two, three = make_roadmap("one"), make_roadmap("two", concepts=1), make_roadmap("three")
    mark(learner, in_order(one)[0])
    mark(learner, in_order(two)[0])
    with django_assert_num_queries(1):
        steps = next_steps([one, two, three], Q(learner=learner))
    assert steps == {one.pk: in_order(one)[1], three.pk: in_order(three)[0]}
    with django_assert_num_queries(0):
        assert next_steps([], Q(learner=learner)) == {}


def test_what_was_finished_in_an_older_version_has_changed_since(
    learner: Learner, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    roadmap, theirs = make_roadmap(), Q(learner=learner)
    old, current, known, unread = in_order(roadmap)
    versions = [write_tutorial(one, 2) for one in (old, current, known, unread)]
    marks = [
        mark(learner, old, version=1),
        mark(learner, current, version=2),
        mark(learner, known, Standing.KNOWN),
        None,
    ]
    told = [is_changed(one, version) for one, version in zip(marks, versions, strict=True)]
    assert told == [True, False, False, False]
    with django_assert_num_queries(1):
        assert changed_concepts(roadmap, theirs) == {old.pk}
    assert changed_concepts(roadmap, Q(learner=Learner.objects.create())) == set()
    assert changed_concepts(roadmap, None) == set()
    assert not is_changed(marks[0], None)
