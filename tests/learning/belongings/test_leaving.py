"""An account goes with all that is its own; what is public may stay."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import User
from concepts.models import Concept
from generation.models import GenerationRun
from generation.port.spent import Spent
from generation.runs import batches, removal
from learning.learners import obtain_learner
from learning.models import Learner, Note, Report
from roadmaps.models import Roadmap, Visibility
from tests.learning.library import make_ready, open_order

pytestmark = pytest.mark.django_db

RIGHT = "rope-and-twine"


@pytest.fixture
def carol() -> User:
    return User.objects.create_user("carol@knots.example", RIGHT)


@pytest.fixture
def hers(carol: User) -> Client:
    client = Client()
    client.force_login(carol)
    return client


def leave(client: Client, **form: Any) -> Any:
    return client.post("/accounts/delete/", {"password": RIGHT} | form)


def make_one_of_each(owner: User) -> dict[str, Roadmap]:
    return {kind: make_ready(owner=owner, visibility=kind).roadmap for kind in Visibility}


def test_private_and_unlisted_roadmaps_go_and_public_ones_lose_the_name(
    hers: Client, carol: User
) -> None:
    theirs = make_ready(visibility=Visibility.UNLISTED).roadmap
    made = make_one_of_each(carol)
    assert leave(hers).headers["Location"] == "/accounts/deleted/"
    assert not User.objects.exists()
    left = {roadmap.pk: roadmap.owner for roadmap in Roadmap.objects.all()}
    assert left == {made[Visibility.PUBLIC].pk: None, theirs.pk: None}
    assert not GenerationRun.objects.exclude(requested_by=None).exists()


def test_public_ones_go_as_well_where_the_owner_says_so(hers: Client, carol: User) -> None:
    make_one_of_each(carol)
    leave(hers, with_public="on")
    assert not Roadmap.objects.exists()


def test_notes_go_and_reports_of_faults_stay_without_a_name(hers: Client, carol: User) -> None:
    run = make_ready()
    concept = Concept.objects.filter(roadmap=run.roadmap_id).earliest("position")
    learner = obtain_learner(carol, hers.session)
    Note.objects.create(learner=learner, concept=concept, markdown="My own words")
    version = concept.artifacts.earliest("pk").current_version
    assert version is not None
    Report.objects.create(learner=learner, version=version, kind="wrong")
    leave(hers)
    assert not Note.objects.exists()
    assert not Learner.objects.exists()
    assert Report.objects.get().learner is None


def test_nobody_is_signed_in_any_more(hers: Client, carol: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(carol)
    leave(hers)
    for client in (hers, elsewhere):
        assert client.get("/accounts/settings/").status_code == 302
    assert "carol" not in "".join(str(one.get_decoded()) for one in Session.objects.all())
    assert b"Your account is deleted" in hers.get("/accounts/deleted/").content


def test_without_the_password_nothing_is_deleted(hers: Client, carol: User) -> None:
    make_one_of_each(carol)
    assert leave(hers, password="wrong").status_code == 422
    assert hers.get("/accounts/delete/").status_code == 200
    assert (User.objects.count(), Roadmap.objects.count()) == (1, 3)


def test_whoever_was_interrupted_asks_again(
    hers: Client, carol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_one_of_each(carol)
    gone: list[Any] = []

    def delete_one(roadmap_id: Any) -> bool:
        if gone:
            raise RuntimeError("the power went")
        gone.append(roadmap_id)
        return removal.delete_roadmap(roadmap_id)

    monkeypatch.setattr("learning.belongings.leaving.delete_roadmap", delete_one)
    with pytest.raises(RuntimeError):
        leave(hers)
    monkeypatch.undo()
    assert User.objects.exists()
    assert leave(hers).status_code == 302
    assert not User.objects.exists()


def test_what_is_still_being_written_ends_in_silence(hers: Client, carol: User) -> None:
    scribe = open_order(owner=carol, visibility=Visibility.PRIVATE)
    scribe.plan()
    drafts = [scribe.draft(work) for work in scribe.claim(6)]
    leave(hers)
    assert not Roadmap.objects.exists()
    saved = batches.save_batch(scribe.run_id, uuid.uuid4(), drafts, Spent(calls=6))
    assert (saved.ready, saved.last_seq) == ((), 0)
    assert scribe.close() is None
