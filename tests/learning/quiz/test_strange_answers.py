"""What no form of ours sends is refused in words, and writes nothing."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client, override_settings
from pytest_django import Settings

from concepts.models import Concept
from learning.models import Learner, QuestionAnswer, QuizAttempt
from learning.quiz import forms
from learning.quiz.attempts import get_version, shown_questions
from learning.quiz.forms import new_ticket, read_ticket
from tests.learning.progress.cast import in_order, make_roadmap
from tests.learning.quiz.cast import Form, make_knots, make_quiz, open_form, quiz_address, send
from tests.visitors import make_visitors

pytestmark = pytest.mark.django_db


@pytest.fixture
def concept() -> Concept:
    return make_knots()


def refuse(client: Client, address: str, data: dict[str, Any], status: int = 400) -> str:
    response = client.post(address, data)
    assert response.status_code == status
    assert not QuizAttempt.objects.exists()
    assert not Learner.objects.exists()
    return response.content.decode()


@pytest.mark.parametrize(
    "token",
    ["", "x", "a:b:c", "WzEsMl0:1vO:sig", "\x00", "t" * 600, "é" * 40, "\U0001f9f6", ":" * 100],
)
def test_a_forged_form_is_refused_and_a_new_one_is_there(
    client: Client, concept: Concept, token: str
) -> None:
    page = refuse(client, quiz_address(concept), {"token": token, "q1": "1"})
    assert "These answers could not be read" in page
    assert len(Form(page).options) == 3


def test_a_form_without_a_token_or_of_another_quiz_is_refused(
    client: Client, concept: Concept
) -> None:
    other = in_order(concept.roadmap)[1]
    make_quiz(other)
    form = open_form(client, quiz_address(other))
    refuse(client, quiz_address(concept), form.all_right())
    refuse(client, quiz_address(concept), {"q1": "1"})


def test_a_form_of_long_ago_is_refused_in_words(
    client: Client, concept: Concept, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = open_form(client, quiz_address(concept))
    monkeypatch.setattr(forms, "TOKEN_MAX_AGE_SECONDS", -1)
    assert "too long ago" in refuse(client, quiz_address(concept), form.all_right())


def test_a_form_of_a_version_that_is_gone_is_refused(client: Client, concept: Concept) -> None:
    token = new_ticket(77, [1, 2, 3]).sign(concept)
    refuse(client, quiz_address(concept), {"token": token, "q1": "1"})


@pytest.mark.parametrize(
    "answers",
    [
        {"q1": "0"},
        {"q1": "5"},
        {"q1": "-1"},
        {"q1": "1.0"},
        {"q1": "١"},
        {"q1": "1\x00"},
        {"q1": "on"},
        {"q1": ""},
        {"q1": "9" * 5_000},
        {"q1": ["1", "2"]},
        {"q2": ["1", "6"]},
        {"q2": ["1"] * 900},
    ],
)
def test_places_that_there_are_not_are_refused(
    client: Client, concept: Concept, answers: dict[str, Any]
) -> None:
    form = open_form(client, quiz_address(concept))
    refuse(client, quiz_address(concept), {"token": form.token, "q3": "1"} | answers)


def test_thousands_of_fields_are_refused(client: Client, concept: Concept) -> None:
    form = open_form(client, quiz_address(concept))
    many = {f"q{place}": "1" for place in range(5_000)}
    refuse(client, quiz_address(concept), {"token": form.token} | many)


def test_questions_that_were_not_asked_do_not_count(client: Client, concept: Concept) -> None:
    form = open_form(client, quiz_address(concept))
    page = send(client, form, token=form.token, q1="1", q4="1", q99="77")
    assert "of 1 right" in page
    assert QuestionAnswer.objects.count() == 1


@pytest.mark.parametrize(
    "query", ["attempt=%C3%A9", "attempt=x", "again=x", "again=wrong&attempt="]
)
def test_strange_questions_for_the_page_show_the_form(
    client: Client, concept: Concept, query: str
) -> None:
    page = client.get(f"{quiz_address(concept)}?{query}")
    assert page.status_code == 200
    assert len(Form(page.content.decode()).options) == 3


def test_who_does_not_see_the_roadmap_finds_no_quiz() -> None:
    visitors = make_visitors()
    roadmap = make_roadmap(visibility="private")
    roadmap.owner = visitors.alice
    roadmap.save()
    concept = in_order(roadmap)[0]
    make_quiz(concept)
    address = quiz_address(concept)
    form = open_form(visitors.client("alice"), address)
    for name, status in {"bob": 404, "anonymous": 404, "alice": 302, "staff": 302}.items():
        client = visitors.client(name)
        assert client.get(address).status_code == (404 if status == 404 else 200), name
        assert client.post(address, form.all_right()).status_code == status, name


def test_without_a_quiz_the_page_says_so(client: Client) -> None:
    concept = in_order(make_roadmap())[0]
    for response in (client.get(quiz_address(concept)), client.post(quiz_address(concept), {})):
        assert response.status_code == 404
        assert "There is no quiz for this yet" in response.content.decode()


def test_a_form_that_was_open_while_the_sites_secret_changed_keeps_its_order(
    client: Client, concept: Concept
) -> None:
    form = open_form(client, quiz_address(concept))
    changed = {"SECRET_KEY": "n" * 60, "SECRET_KEY_FALLBACKS": [django_settings.SECRET_KEY]}
    with override_settings(**changed):
        assert "3 of 3 right" in send(client, form)


def test_the_seed_alone_does_not_tell_the_order(concept: Concept) -> None:
    """Whoever reads it out of the form still lacks the site's secret."""
    ticket = read_ticket(new_ticket(1, [1]).sign(concept), concept)
    version = get_version(concept)
    assert version is not None
    question = shown_questions(version.quiz)[0]
    shown = {tuple(one.position for one in ticket.order(question))}
    for key in "abcdefghij":
        elsewhere = forms.Ticket(ticket.version, ticket.seed, ticket.asked, key * 60)
        shown.add(tuple(one.position for one in elsewhere.order(question)))
    assert len(shown) > 1


def test_too_many_answers_a_minute_are_refused_and_nothing_chosen_is_lost(
    client: Client, concept: Concept, settings: Settings
) -> None:
    settings.ANSWERS_PER_MINUTE = 1
    address = quiz_address(concept)
    send(client, open_form(client, address))
    send(client, open_form(client, f"{address}?again=all"))
    form = open_form(client, f"{address}?again=all")
    response = client.post(address, form.all_right())
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    page = Form(response.content.decode())
    # What was asked is the same; when it was signed may be a second later.
    assert page.token.split(":")[0] == form.token.split(":")[0]
    chosen = {page.options[name][place] for name, place in page.checked}
    assert chosen == {"yes: friction", "yes: hemp", "yes: silk", "yes, True"}
    assert QuizAttempt.objects.count() == 2


def test_strangers_of_one_address_are_bounded_together(
    concept: Concept, settings: Settings
) -> None:
    settings.ANSWERS_PER_MINUTE = 2
    told = []
    for _ in range(4):
        stranger = Client()
        form = open_form(stranger, quiz_address(concept))
        told.append(stranger.post(form.action, form.all_right()).status_code)
    assert told == [302, 302, 429, 429]
    assert Learner.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["anonymous", "bob"])
def test_two_clicks_at_the_same_moment_are_one_attempt_of_one_learner(name: str) -> None:
    concept = make_knots()
    address = quiz_address(concept)
    client = make_visitors().client(name)
    form = open_form(client, address)
    gate = threading.Barrier(4)
    told: list[int] = []

    def click(*chosen: str) -> None:
        twin = Client(raise_request_exception=False)
        twin.cookies.load(client.cookies.output(header="", sep=";"))
        gate.wait(timeout=30)
        told.append(twin.post(address, form.choose(*chosen)).status_code)
        connection.close()

    clicks = [
        threading.Thread(target=click, args=chosen)
        for chosen in [("yes: friction", "False", "fog"), ("magic", "yes, True", "sand")] * 2
    ]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert told == [302] * 4
    assert Learner.objects.count() == 1
    assert QuizAttempt.objects.count() == 1
    assert QuestionAnswer.objects.count() == 3
