"""What is asked of the database for a page, and what is kept of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from concepts.models import ArtifactVersion, Concept, Resource, Tutorial
from generation.models import GenerationRun
from learning.concept.outlines import Heading, list_headings
from learning.models import ConceptMark, Learner, Note, Standing
from roadmaps.models import Roadmap, Visibility
from tests.learning.library import Page, concept_page, make_ready
from tests.visitors import VISITORS, Visitors, make_visitors

pytestmark = pytest.mark.django_db
# Sessions and accounts are two of them; a visitor without a cookie has neither.
QUERIES = {"alice": 3, "bob": 3, "staff": 3, "anonymous": 1}


@pytest.fixture(autouse=True)
def nothing_is_kept() -> Iterator[None]:
    caches["texts"].clear()
    yield
    caches["texts"].clear()


@pytest.fixture
def visitors() -> Visitors:
    return make_visitors()


def read(client: Client, run: GenerationRun, key: str = "c02") -> str:
    return client.get(concept_page(run, key)).content.decode().replace("\u00a0", " ")


@pytest.mark.parametrize("visitor", VISITORS)
def test_a_page_asks_for_its_content_once_and_then_for_what_may_change(
    visitors: Visitors, visitor: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    page = concept_page(make_ready())
    client = visitors.client(visitor)
    with django_assert_num_queries(QUERIES[visitor] + 1):
        client.get(page)
    with django_assert_num_queries(QUERIES[visitor]):
        client.get(page)


def test_a_prepared_query_never_answers_with_what_another_asked_for(visitors: Visitors) -> None:
    """One is put together for each kind of visitor; all that differs are its values."""
    runs = [make_ready(owner=visitors.alice, visibility=seen) for seen in Visibility]
    pages = [concept_page(run, key) for run in runs for key in ("c01", "c03")]
    seen = {"alice": 6, "staff": 6, "bob": 4, "anonymous": 4}
    for visitor in (*VISITORS, *VISITORS):
        answers = [visitors.client(visitor).get(page) for page in pages]
        found = [answer for answer in answers if answer.status_code == 200]
        assert len(found) == seen[visitor]
        for answer in found:
            titles = re.findall("<h1[^>]*>([^<]*)</h1>", answer.content.decode())
            number = answer.wsgi_request.path.rstrip("/")[-1]
            assert titles == [f"The knot c0{number}"]


def leave_behind(visitors: Visitors, run: GenerationRun) -> None:
    learner = Learner.objects.create(user=visitors.alice)
    for key, standing in (("c01", Standing.KNOWN), ("c02", Standing.DONE)):
        concept = Concept.objects.get(roadmap=run.roadmap_id, outline_key=key)
        ConceptMark.objects.create(learner=learner, concept=concept, standing=standing)
    Note.objects.create(learner=learner, concept=concept, markdown="ALICE-WROTE-THIS", revision=1)


def test_what_is_required_says_how_the_learner_stands_with_it(visitors: Visitors) -> None:
    run = make_ready()
    leave_behind(visitors, run)
    requires = read(visitors.client("alice"), run).split('id="requires"')[1].split("</section>")[0]
    assert 'data-standing="known">known before<' in requires
    assert "data-standing" not in read(visitors.client("bob"), run)


def kept_keys() -> list[str]:
    return list(caches["texts"]._cache)  # type: ignore[attr-defined]  # the local one's own


def test_what_one_has_left_behind_is_in_nobody_elses_page_and_in_nothing_that_is_kept(
    visitors: Visitors,
) -> None:
    run = make_ready()
    leave_behind(visitors, run)
    theirs = ("ALICE-WROTE-THIS", "alice@knots.example", "known before", "csrfmiddlewaretoken")
    read(visitors.client("alice"), run)
    kept = str([caches["texts"].get(key[3:]) for key in kept_keys()])
    assert "Tying c02" in kept
    assert not [word for word in theirs if word in kept]
    for visitor in ("bob", "staff", "anonymous"):
        page = read(visitors.client(visitor), run)
        assert "Tying c02" in page
        assert not [word for word in theirs[:3] if word in page]


def test_whoever_wrote_a_note_finds_it_in_its_form_though_others_read_first(
    visitors: Visitors,
) -> None:
    run = make_ready()
    leave_behind(visitors, run)
    blank = '<input type="hidden" name="revision" value="0" id="note-revision">'
    assert blank in read(visitors.client("bob"), run)
    page = read(visitors.client("alice"), run)
    assert blank not in page
    assert "ALICE-WROTE-THIS</textarea>" in page
    assert blank in read(visitors.client("bob"), run)


def test_a_report_names_the_versions_that_are_shown(client: Client) -> None:
    run = make_ready()
    assert '<option value="quiz-1">' in read(client, run)
    version = ArtifactVersion.objects.get(
        artifact__concept__outline_key="c02", artifact__kind="quiz"
    )
    artifact = version.artifact
    version.pk, version.number, version.run_id = None, 2, Roadmap.objects.get().pk
    version.save()
    artifact.current_version = version
    artifact.save()
    page = read(client, run)
    assert '<option value="quiz-2">' in page
    assert '<option value="quiz-1">' not in page


def test_what_is_kept_speaks_the_language_of_whoever_reads(client: Client) -> None:
    run = make_ready()
    with translation.override("zh-hans"):
        chinese = str(translation.gettext("free"))
    page = concept_page(run)
    for language, word in (("en", "· free"), ("zh-hans", f"· {chinese}"), ("en", "· free")):
        answer = client.get(page, headers={"accept-language": language})
        assert word in answer.content.decode()
    assert len(kept_keys()) == 8  # three parts and the forms around them, two languages


def test_a_new_version_is_shown_at_once(client: Client) -> None:
    run = make_ready()
    read(client, run)
    tutorial = Tutorial.objects.get(version__artifact__concept__outline_key="c02")
    version = tutorial.version
    version.pk, version.number, version.run_id = None, 2, Roadmap.objects.get().pk
    version.save()
    Tutorial.objects.create(
        version=version, markdown="## Anew", html="<h2>Anew</h2>", renderer_version=0,
        reading_minutes=1,
    )  # fmt: skip
    version.artifact.current_version = version
    version.artifact.save()
    page = read(client, run)
    assert "Anew" in page
    assert "Tying c02" not in page


def test_the_contents_lead_to_what_is_on_the_page(client: Client) -> None:
    page = Page(read(client, make_ready()))
    ids = {attributes.get("id") for _, attributes in page.tags}
    leads = [link[1:] for link in page.links() if link.startswith("#")]
    assert leads == ["main", "t-tying-c02", "resources", "quiz"]
    assert set(leads) <= ids


@pytest.mark.parametrize(
    ("rendered", "headings"),
    [
        ('<h2 id="t-a">A <code>b&lt;c</code></h2>', [("t-a", "A b<c")]),
        ('<h2 id="t-a">A</h2><h3 id="t-b">B</h3><h2 id="t-é">C</h2>', [("t-a", "A"), ("t-é", "C")]),
        ('<h2 id="t-x">Of <math alttext="x^2"><mi>x</mi></math>!</h2>', [("t-x", "Of x^2!")]),
        ('<h2 id="t-x"></h2>', []),
        ('<h2 id="t-x">never ends', []),
        ("<h2>without an id</h2>", []),
    ],
)
def test_the_contents_are_the_sections_of_a_text(
    rendered: str, headings: list[tuple[str, str]]
) -> None:
    assert list(list_headings(rendered)) == [Heading(*one) for one in headings]


@pytest.mark.parametrize(
    ("language", "way"),
    [("ar", "rtl"), ("fa-IR", "rtl"), ("he", "rtl"), ("az-Arab", "rtl"), ("ar-Latn", "ltr"),
     ("en", "ltr"), ("zh-Hans", "ltr"), ("de", "ltr")],
)  # fmt: skip
def test_content_runs_the_way_of_its_language_whatever_it_begins_with(
    client: Client, language: str, way: str
) -> None:
    run = make_ready()
    Roadmap.objects.update(language=language)
    page = Page(read(client, run))
    ways = {one.get("dir") for _, one in page.tags if one.get("lang") == language}
    assert ways - {"auto", None} == {way}


def test_a_resource_says_its_kind_its_language_and_whether_it_is_free(client: Client) -> None:
    run = make_ready()
    Resource.objects.update(language="de", is_free=False, minutes=15, kind="video")
    assert "video · 15 min · German · not free" in read(client, run)
    caches["texts"].clear()
    Resource.objects.update(language="x-klingon")
    assert "video · 15 min · x-klingon · not free" in read(client, run)
