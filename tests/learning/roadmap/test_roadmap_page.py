from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from concepts.content import ArtifactKind
from concepts.models import ArtifactVersion, Concept, Tutorial
from generation.models import GenerationRun
from generation.port.errors import ContentError
from learning.models import Learner, Standing
from roadmaps.models import Visibility
from tests.generation.cast import make_outline
from tests.learning.library import Page, QuickProvider, concept_page, make_ready, open_order
from tests.learning.progress.cast import mark

pytestmark = pytest.mark.django_db


def sign_in(client: Client) -> Learner:
    user = User.objects.create_user("mira@knots.example", "rope-and-twine")
    client.force_login(user)
    return Learner.objects.create(user=user)


def read(client: Client, run: GenerationRun) -> str:
    return client.get(run.roadmap.get_absolute_url()).content.decode()


def test_it_shows_the_plan_as_headings_and_links(client: Client) -> None:
    run = make_ready()
    page = read(client, run)
    tags = [tag for tag, _ in Page(page).tags]
    assert [tags.count(tag) for tag in ("h1", "h2", "h3")] == [1, 2, 2]
    assert all(concept_page(run, key) in Page(page).links() for key in ("c01", "c04"))


def test_of_a_roadmap_that_is_whole_nobody_is_told_that_each_concept_is_there(
    client: Client,
) -> None:
    learner = sign_in(client)
    run = make_ready(QuickProvider(make_outline(4)))
    mark(learner, run.roadmap.concepts.order_by("position")[0])
    page = read(client, run)
    listing = page.split('data-live="listing"')[1]
    assert "concepts ready" not in page
    assert "ready" not in listing.replace('class="stage"', "")
    assert listing.count('data-state="done"') == 2  # where it stands, and where it is required


def test_what_is_there_is_told_while_some_of_it_is_not(client: Client) -> None:
    scribe = open_order()
    scribe.plan()
    scribe.write(5)
    page = read(client, GenerationRun.objects.get(pk=scribe.run_id))
    listing = page.split('data-live="listing"')[1]
    assert (
        listing.count('data-state="ready">ready') == 2
    )  # where it stands, and where it is required


def test_the_picture_and_the_list_show_the_same_concepts_in_the_same_order(client: Client) -> None:
    page = read(client, make_ready(QuickProvider(make_outline(12))))
    picture, listing = page.split('data-live="listing"')
    links = Page(picture.split('data-live="picture"')[1]).links()
    drawn = [link for link in links if link.startswith("/")]
    listed = re.findall(r'<a href="([^"]+)">The knot c[0-9]+</a> <details', listing)
    assert len(drawn) == 12
    assert drawn == listed
    anchors = [link[1:] for link in Page(picture).links() if link.startswith("#stage")]
    assert all(f'id="{anchor}"' in listing for anchor in anchors)


def test_one_s_own_marks_are_in_picture_list_and_cairn(client: Client) -> None:
    run = make_ready(QuickProvider(make_outline(4)))
    learner = sign_in(client)
    one, two, three, four = run.roadmap.concepts.order_by("position")
    mark(learner, one)
    mark(learner, two, Standing.KNOWN)
    mark(learner, three, Standing.SKIPPED)
    page = read(client, run)
    for state in ("done", "known", "skipped"):
        assert page.count(f'href="#p-{state}"') == 1
        assert f'data-state="{state}"' in page
    assert "3 of 4 concepts behind you" in page
    assert page.count('aria-current="step"') == 2  # in the picture and in the list
    assert f'Continue: <span lang="en" dir="ltr">{four.title}</span>' in page
    assert "behind you" in read(Client(), run)
    assert 'data-state="done"' not in read(Client(), run)


def test_what_changed_since_it_was_done_says_so(client: Client) -> None:
    run = make_ready(QuickProvider(make_outline(4)))
    learner = sign_in(client)
    one, two, *_ = run.roadmap.concepts.order_by("position")
    mark(learner, one, version=0)
    mark(learner, two, version=1)
    page = read(client, run)
    assert page.count('href="#p-changed"') == 1
    assert 'data-state="changed">done, changed since' in page
    assert page.count('href="#p-done"') == 1


def test_the_next_step_stands_in_one_place_from_the_first_to_the_last(client: Client) -> None:
    run = make_ready(QuickProvider(make_outline(4)))
    learner = sign_in(client)
    concepts = list(run.roadmap.concepts.order_by("position"))
    assert f'Start: <span lang="en" dir="ltr">{concepts[0].title}</span>' in next_in(
        read(client, run)
    )
    for concept, following in pairwise(concepts):
        mark(learner, concept)
        assert f'Continue: <span lang="en" dir="ltr">{following.title}</span>' in next_in(
            read(client, run)
        )
    mark(learner, concepts[-1])
    assert "You are through all of it." in next_in(read(client, run))


def next_in(page: str) -> str:
    return page.partition('data-live="next"')[2].partition("</p>")[0]


def test_what_a_concept_requires_and_how_long_it_takes_are_there_on_demand(client: Client) -> None:
    run = make_ready(QuickProvider(make_outline(4)))
    Concept.objects.update(practice_minutes=12, reading_minutes=30)
    item = read(client, run).split("The knot c02</a> <details")[1].split("</details>")[0]
    words = item.replace("\u00a0", " ")
    assert "20 min · needs 1" in words
    assert "lesson 8 min · practice 12 min" in words
    assert "optional reading 30 min" in words
    assert concept_page(run, "c01") in Page(f"<p{item}").links()


@pytest.mark.parametrize(
    ("origin", "reviewed", "words"),
    [
        (
            "authored",
            date(2026, 11, 23),
            "Built in: code run, quizzes checked, read on 23 Nov 2026.",
        ),
        ("authored", None, "Built in: code run, quizzes checked; not all of it has been read yet."),
        ("generated", None, "Written by rope-1, not reviewed."),
        ("generated", date(2026, 11, 23), "Written by rope-1, and reviewed since."),
    ],
)
def test_it_says_truly_who_wrote_it(
    client: Client, origin: str, reviewed: date | None, words: str
) -> None:
    run = make_ready()
    Tutorial.objects.update(markdown="```text\nrope\n```")
    ArtifactVersion.objects.update(origin=origin, reviewed_on=reviewed)
    page = read(client, run)
    assert words in page
    assert "by people" not in page


def test_no_code_is_said_to_be_run_where_there_is_none(client: Client) -> None:
    run = make_ready()
    versions = ArtifactVersion.objects.filter(tutorial__isnull=False)
    versions.update(origin="authored")
    assert "Built in: quizzes checked; not all of it has been read yet." in read(client, run)
    versions.update(reviewed_on=date(2026, 11, 23))
    assert "Built in: quizzes checked, read on 23 Nov 2026." in read(client, run)
    versions.filter(artifact__concept__outline_key="c02").update(reviewed_on=date(2026, 11, 24))
    words = "Built in: quizzes checked, read from 23 Nov 2026 to 24 Nov 2026."
    assert words in read(client, run)
    Tutorial.objects.filter(version__artifact__concept__outline_key="c02").update(
        markdown="```text\nrope\n```"
    )
    words = "Built in: code run, quizzes checked, read from 23 Nov 2026 to 24 Nov 2026."
    assert words in read(client, run)


def test_a_public_roadmap_tells_what_it_is_to_those_who_share_it(client: Client) -> None:
    run = make_ready()
    page = Page(read(client, run))
    told = {
        meta.get("property") or meta.get("name"): meta.get("content")
        for tag, meta in page.tags
        if tag == "meta"
    }
    assert told["og:title"] == "Knots"
    assert told["description"] == told["og:description"] == "From a bight to a bowline."
    assert told["og:url"] == settings.SITE_URL + run.roadmap.get_absolute_url()
    unlisted = make_ready(visibility=Visibility.UNLISTED)
    assert "og:" not in read(client, unlisted)


def test_it_says_how_far_the_writing_is_and_leads_to_its_run(client: Client) -> None:
    scribe = open_order()
    scribe.plan()
    scribe.write(5)
    run = GenerationRun.objects.get(pk=scribe.run_id)
    page = read(client, run)
    assert "1 of 4 concepts ready" in page
    assert "the rest follows while you read" in page
    assert run.get_absolute_url() in Page(page).links()


def test_before_the_plan_is_made_it_says_so(client: Client) -> None:
    run = GenerationRun.objects.get(pk=open_order().run_id)
    assert "The plan is not there yet" in read(client, run)


def test_a_run_that_failed_in_part_stays_linked(client: Client) -> None:
    outline = make_outline(4)
    run = make_ready(QuickProvider(outline, fail={("c01", ArtifactKind.QUIZ): ContentError("no")}))
    page = read(client, run)
    assert run.get_absolute_url() in Page(page).links()
    assert 'data-state="failed">incomplete' in page


def test_nothing_is_linked_when_everything_is_there(client: Client) -> None:
    run = make_ready()
    assert run.get_absolute_url() not in Page(read(client, run)).links()
