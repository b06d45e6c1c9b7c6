"""After the answers: what to read again, and the way on."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from concepts.models import ArtifactVersion, Choice, Concept, Question, Tutorial
from learning.models import ConceptMark
from tests.learning.library import Page
from tests.learning.progress.cast import in_order
from tests.learning.quiz.cast import make_knots, open_form, quiz_address, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def concept() -> Concept:
    return make_knots()


@pytest.fixture
def address(concept: Concept) -> str:
    return quiz_address(concept)


def write_sections(concept: Concept) -> None:
    html = (
        '<h2 id="t-rope">Of rope</h2><p>Friction holds rope well enough.</p>'
        '<h2 id="t-fog">Of fog</h2><p>Hemp and silk are stronger than soup or fog.</p>'
    )
    version = ArtifactVersion.objects.get(current_of__concept=concept, current_of__kind="tutorial")
    Tutorial.objects.create(
        version=version, markdown="x", html=html, renderer_version=1, reading_minutes=1
    )
    Question.objects.filter(position=2).update(explanation="Hemp and silk are stronger than fog.")


def test_what_was_wrong_says_which_section_and_which_objective_to_read_again(
    client: Client, concept: Concept, address: str
) -> None:
    write_sections(concept)
    form = open_form(client, address)
    page = send(client, form, **form.choose("yes: friction", "soup", "yes, True"))
    lesson = f"/roadmaps/knots/{concept.slug}/"
    assert re.findall(r'Read again: <a href="([^"]*)"', page) == [f"{lesson}#t-fog"]
    assert "Secret objective 2" in page
    assert "Secret objective 1" not in page


def test_words_of_another_language_are_spoken_so_before_and_after_the_answer(
    client: Client, address: str
) -> None:
    marked = "*es:sopa*"
    Question.objects.filter(position=1).update(stem=f"What is {marked}?", explanation=marked)
    Choice.objects.filter(text="magic").update(text=marked, rationale=f"Not {marked}.")
    form = open_form(client, address)
    spoken = '<span lang="es">sopa</span>'
    assert form.page.count(spoken) == 2
    page = send(client, form, **form.choose("hope"))
    assert page.count(spoken) == 4
    assert "*es:" not in form.page + page


def test_where_no_section_stands_out_the_lesson_is_named(
    client: Client, concept: Concept, address: str
) -> None:
    form = open_form(client, address)
    page = send(client, form, **form.choose("magic"))
    assert re.findall(r'Read again: <a href="([^"]*)"', page) == [
        f"/roadmaps/knots/{concept.slug}/"
    ]


@pytest.mark.parametrize(("wrong", "is_passed"), [((), True), (("hope",), False)])
def test_only_who_passed_is_offered_to_be_done(
    client: Client, address: str, wrong: tuple[str, ...], is_passed: bool
) -> None:
    form = open_form(client, address)
    answers = form.choose(*wrong, "yes: hemp", "yes: silk", "yes, True") if wrong else {}
    page = send(client, form, **answers)
    assert ('value="done"' in page) == is_passed
    assert ("Only what was wrong" in page) == (not is_passed)


def test_done_leads_to_what_is_next_and_is_not_offered_again(
    client: Client, concept: Concept, address: str
) -> None:
    send(client, open_form(client, address))
    following = in_order(concept.roadmap)[1]
    way = f"/roadmaps/knots/{following.slug}/"
    data = {"standing": "done", "next": way}
    response = client.post(f"/roadmaps/knots/-/mark/{concept.slug}/", data)
    assert response["Location"] == way
    assert ConceptMark.objects.get().completed_version == 1
    page = send(client, open_form(client, f"{address}?again=all"))
    assert 'value="done"' not in page
    assert f'href="{way}">Next:' in page


def test_after_the_last_concept_the_way_leads_back_to_the_roadmap(
    client: Client, concept: Concept, address: str
) -> None:
    for other in in_order(concept.roadmap)[1:]:
        client.post(f"/roadmaps/knots/-/mark/{other.slug}/", {"standing": "known"})
    page = send(client, open_form(client, address))
    assert "Done: that was the last one" in page
    assert 'name="next" value="/roadmaps/knots/"' in page


def test_reloading_the_result_shows_it_again_and_changes_nothing(
    client: Client, address: str
) -> None:
    form = open_form(client, address)
    response = client.post(address, form.all_right())
    assert response.status_code == 302
    where = response["Location"].partition("#")[0]
    first, second = client.get(where), client.get(where)
    assert "3 of 3 right" in first.content.decode()
    assert first.status_code == second.status_code == 200
    assert "private" in first["Cache-Control"]


def test_a_result_has_nothing_inline_and_a_verdict_in_words_on_each_choice(
    client: Client, address: str
) -> None:
    form = open_form(client, address)
    page = send(client, form, **form.choose("magic", "fog", "False"))
    assert Page(page).offences == []
    verdicts = re.findall(
        r'<span class="verdict"(?: dir="ltr")? data-verdict="(\w+)">([^<]+)</span>', page
    )
    assert {word for _, word in verdicts} == {
        "not right",
        "your answer: not right",
        "this is right",
    }


def test_a_result_costs_the_same_however_much_was_answered(
    client: Client, address: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    form = open_form(client, address)
    for answers in (form.choose("magic"), form.choose("magic", "fog", "False")):
        send(client, form, **answers)
        where = client.post(address, {"token": form.token})["Location"].partition("#")[0]
        with django_assert_num_queries(14):
            client.get(where)
