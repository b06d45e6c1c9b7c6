"""Reports: what is wrong with which version, once."""

from __future__ import annotations

import pytest
from django.test import Client

from generation.models import GenerationRun
from learning.models import REPORT_MAX_CHARACTERS, Complaint, Learner, Report
from tests.learning.concept.test_notes import address
from tests.learning.library import Page, concept_page, make_ready, open_order

pytestmark = pytest.mark.django_db


def report(client: Client, run: GenerationRun, **said: str) -> int:
    form = {"part": "quiz-1", "kind": "wrong", "words": ""} | said
    return client.post(address(run, "report"), form).status_code


@pytest.mark.parametrize("kind", Complaint.values)
@pytest.mark.parametrize("part", ["tutorial", "resources", "quiz"])
def test_a_report_says_what_is_wrong_with_which_version(
    client: Client, part: str, kind: str
) -> None:
    run = make_ready()
    assert report(client, run, part=f"{part}-1", kind=kind, words="See line 3.") == 302
    said = Report.objects.get()
    assert (said.version.artifact.kind, said.version.number) == (part, 1)
    assert said.version.artifact.concept.outline_key == "c02"
    assert (said.kind, said.words) == (kind, "See line 3.")
    page = client.get(concept_page(run)).content.decode()
    assert f"You reported about the {part}: {Complaint(kind).label}." in page
    assert "You reported" not in Client().get(concept_page(run)).content.decode()


def test_the_same_is_reported_once_by_each(client: Client) -> None:
    run = make_ready()
    assert [report(client, run) for _ in range(3)] == [302] * 3
    assert Report.objects.count() == 1
    assert report(client, run, kind="outdated") == 302
    assert report(Client(), run) == 302
    assert Report.objects.count() == 3


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "rude"}, {"kind": ""}, {"part": ""}, {"part": "quiz"}, {"part": "quiz-2"},
        {"part": "quiz-0"}, {"part": "quiz--1"}, {"part": "exam-1"}, {"part": "quiz-" + "9" * 30},
        {"part": "quiz-٣"}, {"part": "quiz-1\x00"}, {"words": "\x00"}, {"part": "-1"},
        {"words": "x" * (REPORT_MAX_CHARACTERS + 1)}, {"part": "x" * 5_000 + "-1"},
    ],
)  # fmt: skip
def test_what_is_no_report_is_refused_with_the_form(client: Client, said: dict[str, str]) -> None:
    run = make_ready()
    assert report(client, run, **said) == 422
    assert not Report.objects.exists()
    assert not Learner.objects.exists()


def test_of_what_is_not_written_there_is_nothing_to_report(client: Client) -> None:
    scribe = open_order()
    scribe.plan()
    run = GenerationRun.objects.select_related("roadmap").get(pk=scribe.run_id)
    assert "/-/report/" not in client.get(concept_page(run)).content.decode()
    page = client.get(address(run, "report"))
    assert page.status_code == 200
    assert "Nothing of this lesson is written yet." in page.content.decode()
    assert report(client, run) == 422


def test_the_form_offers_what_is_there_and_every_complaint(client: Client) -> None:
    page = Page(client.get(concept_page(make_ready())).content.decode())
    values = [one["value"] for tag, one in page.tags if tag == "option"]
    assert values == ["tutorial-1", "resources-1", "quiz-1"]
    radios = [one["value"] for tag, one in page.tags if one.get("name") == "kind"]
    assert radios == Complaint.values
