"""A copy of one's own: whole, with its provenance, counted like an order."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import User
from concepts.models import Artifact, ArtifactVersion, Choice, Concept, Question, Resource, Tutorial
from generation.port.errors import ContentError
from learning.learners import obtain_learner
from learning.models import ConceptMark
from learning.sharing.copying import copy_roadmap
from roadmaps.models import Roadmap, Visibility
from tests.generation.cast import KINDS, make_outline
from tests.learning.library import QuickProvider, concept_page, make_ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def carol() -> User:
    return User.objects.create_user("carol@knots.example", "rope-and-twine")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def fork(client: Client, roadmap: Roadmap) -> Any:
    return client.post(f"{roadmap.get_absolute_url()}-/fork/")


def newest() -> Roadmap:
    return Roadmap.objects.latest("created_at")


def content_of(roadmap: Roadmap) -> dict[str, Any]:
    """All that a learner reads, without the keys of rows."""
    mine = {"version__artifact__concept__roadmap": roadmap}
    quiz = {"quiz__version__artifact__concept__roadmap": roadmap}
    return {
        "plan": list(
            Concept.objects.filter(roadmap=roadmap).order_by("position").values_list(
                "module__stage__title", "module__title", "title", "slug", "summary", "objectives",
                "est_minutes", "outline_key", "stable_key", "requirements__requires__title",
            )
        ),
        "tutorials": sorted(Tutorial.objects.filter(**mine).values_list("markdown", "html")),
        "resources": sorted(Resource.objects.filter(**mine).values_list("url", "title", "why")),
        "questions": sorted(Question.objects.filter(**quiz).values_list("stem", "explanation")),
        "choices": sorted(
            Choice.objects.filter(**{f"question__{key}": one for key, one in quiz.items()})
            .values_list("text", "is_correct", "rationale")
        ),
    }  # fmt: skip


def origins_of(roadmap: Roadmap) -> list[Any]:
    versions = ArtifactVersion.objects.filter(artifact__concept__roadmap=roadmap)
    return list(
        versions.order_by("artifact__position").values_list(
            "origin", "provider", "model", "prompt_version", "language", "content_hash",
            "reviewed_on", "created_at",
        )
    )  # fmt: skip


def test_a_copy_has_all_that_is_ready_and_says_who_wrote_it(carol: User) -> None:
    source = make_ready().roadmap
    long_ago = datetime(2025, 3, 1, tzinfo=UTC)
    ArtifactVersion.objects.update(
        created_at=long_ago, model="rope-1", reviewed_on=date(2025, 4, 1)
    )
    assert fork(signed_in(carol), source).headers["Location"] == newest().get_absolute_url()
    copy = newest()
    assert (copy.owner, copy.visibility) == (carol, Visibility.PRIVATE)
    assert content_of(copy) == content_of(source)
    assert content_of(source)["choices"]
    assert origins_of(copy) == origins_of(source)
    assert {origin[-1] for origin in origins_of(copy)} == {long_ago}
    sums = ("concept_count", "minutes", "is_readable", "title", "summary", "language", "level")
    source.refresh_from_db()
    assert [getattr(copy, name) for name in sums] == [getattr(source, name) for name in sums]
    assert (copy.copied_from, copy.copied_title) == (source.pk, source.title)


def test_its_pages_are_read_like_those_of_any_other(carol: User) -> None:
    run = make_ready()
    client = signed_in(carol)
    fork(client, run.roadmap)
    concept = Concept.objects.filter(roadmap=newest()).earliest("position")
    assert client.get(newest().get_absolute_url()).status_code == 200
    page = client.get(f"{newest().get_absolute_url()}{concept.slug}/")
    assert page.status_code == 200
    assert b"could not be written" not in page.content


def test_progress_starts_anew_and_the_old_one_stays(carol: User) -> None:
    source = make_ready().roadmap
    concept = Concept.objects.filter(roadmap=source).earliest("position")
    learner = obtain_learner(carol, Client().session)
    ConceptMark.objects.create(learner=learner, concept=concept, standing="done")
    fork(signed_in(carol), source)
    assert list(ConceptMark.objects.values_list("concept__roadmap", flat=True)) == [source.pk]


def test_a_copy_stays_when_what_it_was_made_from_goes(carol: User) -> None:
    source = make_ready().roadmap
    fork(signed_in(carol), source)
    kept = content_of(newest())
    source.delete()
    assert content_of(newest()) == kept


def test_what_was_not_ready_is_said_to_be_missing(carol: User) -> None:
    fails = {("c02", kind): ContentError("The rope was too short.") for kind in KINDS}
    source = make_ready(QuickProvider(make_outline(4), fail=fails)).roadmap
    client = signed_in(carol)
    fork(client, source)
    copy = newest()
    states = Artifact.objects.filter(concept__roadmap=copy).values_list("state", flat=True)
    assert sorted(states) == ["failed"] * 3 + ["ready"] * 9
    assert not copy.is_readable
    concept = Concept.objects.get(roadmap=copy, outline_key="c02")
    page = client.get(f"{copy.get_absolute_url()}{concept.slug}/").content.decode()
    assert "It was not written yet where this roadmap was copied from." in page
    assert "too short" not in page


def test_a_visitor_gets_an_unlisted_one_that_the_session_remembers(client: Client) -> None:
    source = make_ready().roadmap
    fork(client, source)
    copy = newest()
    assert (copy.owner, copy.visibility) == (None, Visibility.UNLISTED)
    assert copy.slug.endswith(copy.share_token)
    assert copy.get_absolute_url() in client.get("/").content.decode()
    assert client.get(f"{copy.get_absolute_url()}-/delete/").status_code == 200
    assert Client().get(f"{copy.get_absolute_url()}-/delete/").status_code == 403


def test_copies_count_as_orders_do(client: Client, carol: User, settings: Settings) -> None:
    source = make_ready().roadmap
    settings.USER_ROADMAPS_PER_DAY = 1
    hers = signed_in(carol)
    assert fork(hers, source).status_code == 302
    Roadmap.objects.exclude(pk=source.pk).delete()
    answer = fork(hers, source)
    assert answer.status_code == 429
    assert "You can make the next one in 24 hours" in answer.content.decode()
    settings.ANONYMOUS_ROADMAPS_PER_DAY = 0
    assert fork(client, source).status_code == 403
    assert Roadmap.objects.count() == 1


def test_a_second_click_makes_no_second_copy_and_costs_nothing(
    carol: User, settings: Settings
) -> None:
    settings.USER_ROADMAPS_PER_DAY = 2
    source = make_ready().roadmap
    hers = signed_in(carol)
    places = {fork(hers, source).headers["Location"] for _ in range(5)}
    assert len(places) == 1
    assert Roadmap.objects.count() == 2


def test_a_large_roadmap_is_copied_in_as_many_statements_as_a_small_one(carol: User) -> None:
    def count(concepts: int) -> int:
        source = make_ready(QuickProvider(make_outline(concepts))).roadmap
        with CaptureQueriesContext(connection) as queries:
            copy_roadmap(source, owner=carol)
        return len(queries)

    assert count(18) == count(4)


def test_a_copy_is_whole_or_not_there(carol: User, monkeypatch: pytest.MonkeyPatch) -> None:
    source = make_ready().roadmap

    def fail(*_: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr("learning.sharing.copying._make_ready", fail)
    with pytest.raises(RuntimeError):
        copy_roadmap(source, owner=carol)
    assert Roadmap.objects.count() == 1


def test_what_somebody_wished_of_a_version_is_not_copied(carol: User) -> None:
    run = make_ready()
    ArtifactVersion.objects.update(instruction="For my son Tom.")
    copy = copy_roadmap(run.roadmap, owner=carol)
    copied = ArtifactVersion.objects.filter(artifact__concept__roadmap=copy)
    assert set(copied.values_list("instruction", flat=True)) == {""}


def test_the_original_is_left_as_it_was(carol: User) -> None:
    run = make_ready()
    before = (content_of(run.roadmap), origins_of(run.roadmap))
    fork(signed_in(carol), run.roadmap)
    assert (content_of(run.roadmap), origins_of(run.roadmap)) == before
    assert Client().get(concept_page(run)).status_code == 200
