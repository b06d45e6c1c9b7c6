"""What a visitor leaves behind belongs to the account they then sign in to."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.cache import SessionStore
from django.db.models import Value
from django.db.models.functions import Concat
from model_bakery import baker

from accounts.models import User
from concepts.models import ArtifactVersion, Concept
from learning.learners import LEARNER, adopt_learner, find_learner, obtain_learner
from learning.models import (
    MERGED_NOTE_MAX_CHARACTERS,
    ConceptMark,
    Learner,
    Note,
    QuizAttempt,
    Report,
    Standing,
)
from tests.learning.quiz.cast import make_quiz

pytestmark = pytest.mark.django_db

NOBODY = AnonymousUser()


@pytest.fixture
def session() -> SessionStore:
    return SessionStore()


@pytest.fixture
def dora() -> User:
    return User.objects.create_user("dora@knots.example", "rope-and-twine")


def test_looking_makes_no_rows_and_no_session(session: SessionStore, dora: User) -> None:
    assert find_learner(NOBODY, session) is None
    assert find_learner(dora, session) is None
    assert not session.modified
    assert not Learner.objects.exists()


def test_a_visitor_is_one_learner_and_no_other_visitor(session: SessionStore) -> None:
    learner = obtain_learner(NOBODY, session)
    assert obtain_learner(NOBODY, session) == learner == find_learner(NOBODY, session)
    assert find_learner(NOBODY, SessionStore()) is None


@pytest.mark.parametrize("key", ["", "no key", 7, [], None, str(uuid.UUID(int=7))])
def test_a_key_that_names_nobody_is_nobody(session: SessionStore, key: object) -> None:
    session[LEARNER] = key
    assert find_learner(NOBODY, session) is None
    assert obtain_learner(NOBODY, session) == find_learner(NOBODY, session)


def test_signing_up_takes_what_was_learned_along(session: SessionStore, dora: User) -> None:
    learner = obtain_learner(NOBODY, session)
    adopt_learner(dora, session)
    assert find_learner(dora, SessionStore()) == learner
    assert LEARNER not in session


def test_a_learner_of_an_account_is_no_visitors_though_they_know_the_key(
    session: SessionStore, dora: User
) -> None:
    learner = obtain_learner(dora, SessionStore())
    session[LEARNER] = str(learner.key)
    assert find_learner(NOBODY, session) is None
    other = User.objects.create_user("emil@knots.example", "rope-and-twine")
    adopt_learner(other, session)
    assert Learner.objects.get().user == dora


def test_where_both_know_something_the_account_counts_and_no_note_is_lost(
    session: SessionStore, dora: User
) -> None:
    one, two = (
        baker.make(Concept, title="Knots", slug="knots"),
        baker.make(Concept, title="Ropes", slug="ropes"),
    )
    visitor, account = obtain_learner(NOBODY, session), obtain_learner(dora, SessionStore())
    ConceptMark.objects.create(learner=account, concept=one, standing=Standing.DONE)
    for concept in (one, two):
        ConceptMark.objects.create(learner=visitor, concept=concept, standing=Standing.SKIPPED)
    Note.objects.create(learner=account, concept=one, markdown="Over.", revision=3)
    Note.objects.create(learner=visitor, concept=one, markdown="Under.")
    Note.objects.create(learner=visitor, concept=two, markdown="Hemp.")
    adopt_learner(dora, session)
    assert Learner.objects.get() == account
    marks = dict(account.marks.values_list("concept", "standing"))
    assert marks == {one.pk: Standing.DONE, two.pk: Standing.SKIPPED}
    notes = dict(account.notes.values_list("concept", "markdown"))
    assert notes == {one.pk: "Over.\n\nUnder.", two.pk: "Hemp."}


def test_notes_that_meet_again_and_again_do_not_grow_without_end(dora: User) -> None:
    concept = baker.make(Concept)
    for _ in range(6):
        session = SessionStore()
        note = {"concept": concept, "markdown": "*a " * 6_000}
        Note.objects.create(learner=obtain_learner(NOBODY, session), **note)
        adopt_learner(dora, session)
        Note.objects.filter(learner__user=dora).update(markdown=Concat("markdown", Value("b")))
    assert len(Note.objects.get().markdown) <= MERGED_NOTE_MAX_CHARACTERS + 1


def test_a_report_goes_along_unless_the_account_made_the_same_one(
    session: SessionStore, dora: User
) -> None:
    visitor, account = obtain_learner(NOBODY, session), obtain_learner(dora, SessionStore())
    old, new = baker.make(ArtifactVersion, number=1), baker.make(ArtifactVersion, number=2)
    Report.objects.create(learner=account, version=old, kind="wrong", words="The knot.")
    for version, kind in ((old, "wrong"), (old, "outdated"), (new, "wrong")):
        Report.objects.create(learner=visitor, version=version, kind=kind)
    adopt_learner(dora, session)
    told = account.reports.order_by("pk").values_list("version", "kind", "words")
    assert list(told) == [
        (old.pk, "wrong", "The knot."),
        (old.pk, "outdated", ""),
        (new.pk, "wrong", ""),
    ]


def test_an_attempt_goes_along_unless_the_account_made_the_same_one(
    session: SessionStore, dora: User
) -> None:
    visitor, account = obtain_learner(NOBODY, session), obtain_learner(dora, SessionStore())
    knots, ropes = make_quiz(baker.make(Concept)).quiz, make_quiz(baker.make(Concept)).quiz
    mine = baker.make(QuizAttempt, learner=account, quiz=knots, seed="a")
    for quiz, seed in ((knots, "a"), (knots, "b"), (ropes, "a")):
        baker.make(QuizAttempt, learner=visitor, quiz=quiz, seed=seed)
    adopt_learner(dora, session)
    told = account.attempts.order_by("pk").values_list("quiz", "seed")
    assert list(told) == [(knots.pk, "a"), (knots.pk, "b"), (ropes.pk, "a")]
    assert account.attempts.earliest("pk") == mine
