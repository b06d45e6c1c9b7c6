"""A private note: saved, never lost, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from concepts.models import Concept
from generation.models import GenerationRun
from learning.models import NOTE_MAX_CHARACTERS, Learner, Note
from roadmaps.models import Visibility
from tests.learning.library import Page, concept_page, make_ready
from tests.visitors import VISITORS, Visitors, make_visitors

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitors() -> Visitors:
    return make_visitors()


def address(run: GenerationRun, what: str = "note", key: str = "c02") -> str:
    slug = concept_page(run, key).strip("/").split("/")[-1]
    return f"{run.roadmap.get_absolute_url()}-/{what}/{slug}/"


def send(client: Client, run: GenerationRun, words: str, revision: object = 0) -> Any:
    said = {"markdown": words, "revision": revision}
    return client.post(address(run), said, headers={"accept": "application/json"})


@pytest.mark.parametrize("visitor", VISITORS)
def test_a_note_is_saved_by_a_plain_form_and_shown_to_whoever_wrote_it(
    visitors: Visitors, visitor: str
) -> None:
    run, client = make_ready(), visitors.client(visitor)
    answer = client.post(address(run), {"markdown": "A *bight*\r\nholds", "revision": "0"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{concept_page(run)}#note"
    assert Note.objects.get().markdown == "A *bight*\nholds"
    page = client.get(concept_page(run)).content.decode()
    assert "A <em>bight</em>" in page
    assert "A *bight*\nholds</textarea>" in page
    for other in {*VISITORS} - {visitor}:
        assert "bight" not in visitors.client(other).get(concept_page(run)).content.decode()
        assert "bight" not in visitors.client(other).get(address(run)).content.decode()


def test_each_saving_says_which_revision_it_made(client: Client) -> None:
    run = make_ready()
    assert send(client, run, "one").json() == {"note": {"revision": 1}}
    assert send(client, run, "two", 1).json() == {"note": {"revision": 2}}
    assert Note.objects.get().revision == 2


def test_what_is_sent_twice_is_saved_once(client: Client) -> None:
    run = make_ready()
    assert send(client, run, "one").json() == send(client, run, "one").json()
    assert send(client, run, "one", 77).status_code == 200
    assert Note.objects.get().revision == 1


def test_of_two_windows_neither_text_is_lost(client: Client) -> None:
    run = make_ready()
    send(client, run, "first")
    send(client, run, "from one window", 1)
    answer = send(client, run, "from the other", 1)
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "conflict"
    assert answer.json()["note"] == {"markdown": "from one window", "revision": 2}
    assert Note.objects.get().markdown == "from one window"
    page = client.post(address(run), {"markdown": "from the other", "revision": "1"})
    assert page.status_code == 409
    html = page.content.decode()
    assert "from one window</pre>" in html
    assert "from the other</textarea>" in html
    assert 'name="revision" value="2"' in html
    assert Page(html).offences == []


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"markdown": "x"},
        {"markdown": "x", "revision": "-1"},
        {"markdown": "x", "revision": "9" * 5_000},
        {"markdown": "x", "revision": "one"},
        {"markdown": "x\x00", "revision": "0"},
        {"markdown": "x" * (NOTE_MAX_CHARACTERS + 1), "revision": "0"},
    ],
)
def test_what_cannot_be_saved_is_shown_again_and_refused(
    client: Client, said: dict[str, str]
) -> None:
    run = make_ready()
    answer = client.post(address(run), said)
    assert answer.status_code == 422
    assert said.get("markdown", "").strip("\x00")[:100] in answer.content.decode()
    asked = client.post(address(run), said, headers={"accept": "application/json"})
    assert (asked.status_code, asked.json()["error"]["code"]) == (422, "invalid")
    assert not Learner.objects.exists()


def test_a_text_in_half_a_character_fails_no_page(client: Client) -> None:
    run = make_ready()
    form = "application/x-www-form-urlencoded"
    answer = client.post(address(run), "markdown=a%ED%A0%80b&revision=0", content_type=form)
    assert answer.status_code == 302
    assert client.get(concept_page(run)).status_code == 200


def test_nobody_becomes_a_learner_by_writing_nothing(client: Client) -> None:
    run = make_ready()
    assert send(client, run, " \n").json() == {"note": {"revision": 0}}
    assert not Learner.objects.exists()
    send(client, run, "x")
    assert send(client, run, "", 1).json() == {"note": {"revision": 2}}
    assert Note.objects.get().markdown == ""


def test_looking_at_a_note_writes_nothing(client: Client) -> None:
    run = make_ready()
    assert client.get(address(run)).status_code == 200
    assert not Learner.objects.exists()


@pytest.mark.parametrize("what", ["note", "report"])
@pytest.mark.parametrize("visitor", VISITORS)
def test_what_may_not_be_seen_cannot_be_written_about(
    visitors: Visitors, visitor: str, what: str
) -> None:
    run = make_ready(owner=visitors.alice, visibility=Visibility.PRIVATE)
    client = visitors.client(visitor)
    may = visitor in {"alice", "staff"}
    assert client.get(address(run, what)).status_code == (200 if may else 404)
    sent = client.post(
        address(run, what),
        {"markdown": "x", "revision": "0", "part": "tutorial-1", "kind": "wrong"},
    )
    assert sent.status_code == (302 if may else 404)
    assert Learner.objects.exists() is may


def test_hostile_markup_in_a_note_never_reaches_the_page(client: Client) -> None:
    run = make_ready()
    hostile = (
        "## Tying c02\n\n</textarea><script>x()</script> <img src=x onerror=x()>"
        " [x](javascript:x) $\\href{javascript:x}{y}$\n\n### Check yourself: a?\n\nb"
    )
    send(client, run, hostile)
    page = Page(client.get(concept_page(run)).content.decode())
    assert page.offences == []
    assert not any("javascript" in link for link in page.links())
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_a_note_belongs_to_one_concept(client: Client) -> None:
    run = make_ready()
    send(client, run, "of the second")
    assert "of the second" not in client.get(concept_page(run, "c01")).content.decode()
    assert Note.objects.get().concept == Concept.objects.get(outline_key="c02")


def test_who_saves_too_fast_is_told_when_to_go_on(visitors: Visitors, settings: Any) -> None:
    settings.ANSWERS_PER_MINUTE = 2
    run, client = make_ready(), visitors.client("alice")
    answers = [send(client, run, f"text {number}", number).status_code for number in range(4)]
    assert answers == [200, 200, 429, 429]
    page = client.post(address(run), {"markdown": "not lost", "revision": "2"})
    assert page.status_code == 429
    assert "not lost</textarea>" in page.content.decode()
