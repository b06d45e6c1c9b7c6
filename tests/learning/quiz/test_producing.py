"""Questions that make people produce: an output to type, lines to put in order, a line to find."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from concepts.models import Choice, Concept, Question
from learning.models import Learner, QuestionAnswer, QuizAttempt
from tests.learning.library import Page
from tests.learning.quiz.cast import (
    FAULTY,
    IN_ORDER,
    LINES,
    PRODUCING,
    QUESTIONS,
    TYPED,
    Form,
    make_producing,
    make_quiz,
    open_form,
    quiz_address,
    send,
)

pytestmark = pytest.mark.django_db

RIGHT = "Bowline 3\r\n  holds"
WRITTEN = ("Secret", "Bowline", "correct", "accepted")


@pytest.fixture
def concept() -> Concept:
    return make_producing()


@pytest.fixture
def address(concept: Concept) -> str:
    return quiz_address(concept)


def right_answers(form: Form) -> dict[str, Any]:
    return {
        "token": form.token,
        TYPED: RIGHT,
        LINES: form.rank(LINES, *IN_ORDER),
        FAULTY: "2",
    }


def test_all_three_are_answered_in_a_plain_form_and_judged_here(
    client: Client, address: str
) -> None:
    form = open_form(client, address)
    assert "3 of 3 right" in send(client, form, **right_answers(form))
    chosen = QuestionAnswer.objects.order_by("question__position").values_list("chosen", flat=True)
    assert list(chosen) == [["Bowline 3\n  holds"], [1, 2, 3, 4], [2]]


def test_the_form_of_the_lesson_asks_them_too(client: Client, concept: Concept) -> None:
    form = open_form(client, f"/roadmaps/knots/{concept.slug}/")
    assert "3 of 3 right" in send(client, form, **right_answers(form))


def test_no_page_tells_an_output_or_an_order_before_it_was_answered(
    client: Client, concept: Concept, address: str
) -> None:
    for page in (address, f"{address}?again=all", f"/roadmaps/knots/{concept.slug}/"):
        html = client.get(page).content.decode()
        assert not [word for word in WRITTEN if word.casefold() in html.casefold()], page
    api = f"/api/v1/roadmaps/{concept.roadmap_id}/concepts/{concept.stable_key}"
    told = client.get(api)
    assert told.status_code == 200
    assert not [word for word in WRITTEN if word.casefold() in told.content.decode().casefold()]


def test_lines_to_be_ordered_are_shuffled_and_a_faulty_one_keeps_its_place(
    client: Client, address: str
) -> None:
    shown = set()
    for _ in range(40):
        form = open_form(client, address)
        shown.add(tuple(line.strip() for line in form.lines[LINES]))
        assert [text.replace(" ", "") for text in form.options[FAULTY].values()] == [
            "1a=1", "2yes:ifa=1:", "3b=a", "4print(b)",
        ]  # fmt: skip
    assert len(shown) > 4
    assert all(sorted(lines) == sorted(IN_ORDER) for lines in shown)


def test_the_api_tells_lines_in_an_order_that_the_right_one_has_no_part_in(
    client: Client, concept: Concept
) -> None:
    api = f"/api/v1/roadmaps/{concept.roadmap_id}/concepts/{concept.stable_key}"

    def told() -> list[str]:
        texts: list[str] = client.get(api).json()["quiz"]["questions"][1]["choices"]
        return texts

    before = told()
    lines = list(Choice.objects.filter(question__type="order").order_by("position"))
    for line, position in zip(lines, (13, 11, 14, 12), strict=True):
        Choice.objects.filter(pk=line.pk).update(position=position)
    assert told() == before
    questions = client.get(api).json()["quiz"]["questions"]
    assert [one["type"] for one in questions] == [kind for kind, _ in PRODUCING]
    assert questions[0]["choices"] == []
    assert questions[2]["choices"] == list(PRODUCING[2][1])


@pytest.mark.parametrize(
    ("typed", "is_right"),
    [
        ("Bowline 3\n  holds", True),
        ("Bowline 3  \r\n  holds\r\n\r\n", True),
        ("Ｂｏｗｌｉｎｅ ３\n  holds", True),
        ("Bowline III\n  holds", True),
        ("bowline 3\n  holds", False),
        ("Bowline 3\nholds", False),
        ("Bowline 3 holds", False),
        ("Bowline 3\n\n  holds", False),
        ("<b>Bowline 3</b>", False),
    ],
)
def test_an_output_is_compared_but_for_its_form_line_ends_and_spaces_behind(
    client: Client, address: str, typed: str, is_right: bool
) -> None:
    form = open_form(client, address)
    page = send(client, form, token=form.token, **{TYPED: typed})
    assert f"{int(is_right)} of 1 right" in page


@pytest.mark.parametrize("swapped", [(1, 0, 2, 3), (3, 2, 1, 0), (0, 1, 3, 2)])
def test_lines_in_any_other_order_are_not_right(
    client: Client, address: str, swapped: tuple[int, ...]
) -> None:
    form = open_form(client, address)
    ranked = form.rank(LINES, *(IN_ORDER[at] for at in swapped))
    page = send(client, form, token=form.token, **{LINES: ranked})
    assert "0 of 1 right" in page
    assert QuestionAnswer.objects.get().chosen == [at + 1 for at in swapped]


def test_a_result_says_what_was_right_where_each_line_belongs_and_why(
    client: Client, address: str
) -> None:
    form = open_form(client, address)
    ranked = form.rank(LINES, *(IN_ORDER[at] for at in (0, 2, 1, 3)))
    answers = {TYPED: "<i>Granny</i>", LINES: ranked, FAULTY: "1"}
    response = client.post(form.action, {"token": form.token} | answers, follow=True)
    html = response.content.decode()
    assert "0 of 3 right" in html
    assert "&lt;i&gt;Granny&lt;/i&gt;" in html
    assert Page(html).offences == []
    page = re.sub(r"\s+", " ", html)
    for text in ("Bowline 3 holds", "Also right", "Bowline III holds"):
        assert text in page
    assert page.count("you put it here: right") == 2
    assert "you put it at number 3" in page
    assert "you put it at number 2" in page
    assert "your answer: not right" in page
    assert "this is right" in page
    for choice in Choice.objects.all():
        assert choice.rationale in page
    places = [page.index(f"Secret reason 2.{place}") for place in (1, 2, 3, 4)]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "ranks", [["1", "1", "2", "3"], ["1", "2", "3", ""], ["", "", "", "4"], ["2", "2", "2", "2"]]
)
def test_lines_that_share_a_number_or_have_none_are_asked_for_again_and_nothing_is_lost(
    client: Client, address: str, ranks: list[str]
) -> None:
    form = open_form(client, address)
    data = {"token": form.token, TYPED: "\nBowline <3\n", LINES: ranks, FAULTY: "3"}
    response = client.post(address, data)
    assert response.status_code == 422
    page = response.content.decode()
    assert "Question 2: give every line a number of its own" in page
    assert "#quiz-2-number" in Page(page).links()
    assert '<p class="error" id="quiz-2-unsettled">' in page
    assert page.count('aria-invalid="true"') == 4
    again = Form(page)
    # Signed anew, and in another second otherwise; what is signed stays.
    assert again.token.partition(":")[0] == form.token.partition(":")[0]
    assert again.lines == form.lines
    assert again.ranks[LINES] == ranks
    assert again.typed[TYPED] == "\nBowline <3\n"
    assert again.checked == {(FAULTY, "3")}
    assert not QuizAttempt.objects.exists()
    assert not Learner.objects.exists()


@pytest.mark.parametrize(
    "answers",
    [
        {TYPED: "  \r\n\t "},
        {LINES: ["", "", "", ""]},
        {TYPED: "", LINES: ["", "", "", ""], FAULTY: []},
    ],
)
def test_what_is_blank_was_not_answered(
    client: Client, address: str, answers: dict[str, Any]
) -> None:
    form = open_form(client, address)
    response = client.post(address, {"token": form.token} | answers)
    assert response.status_code == 422
    assert "Nothing is chosen yet" in response.content.decode()
    page = send(client, form, token=form.token, **answers | {FAULTY: "2"})
    assert "2 questions are not answered yet" in page
    assert QuestionAnswer.objects.count() == 1


@pytest.mark.parametrize(
    "answers",
    [
        {TYPED: "x" * 2_001},
        {TYPED: "x\r\n" * 1_001},
        {TYPED: "9" * 900_000},
        {TYPED: "a\x00b"},
        {TYPED: ["a", "b"]},
        {LINES: ["1"]},
        {LINES: ["1", "2", "3", "4", "5"]},
        {LINES: ["1", "2", "3", "5"]},
        {LINES: ["0", "1", "2", "3"]},
        {LINES: ["1", "2", "3", "-4"]},
        {LINES: ["1", "2", "3", "٤"]},
        {LINES: ["1", "2", "3", "4" * 5_000]},
        {LINES: ["1"] * 900},
        {LINES: [""] * 900},
        {LINES: "turn = 1"},
        {FAULTY: "5"},
        {FAULTY: ["1", "2"]},
        {FAULTY: "print(b)"},
    ],
)
def test_what_no_form_of_ours_sends_is_refused_in_words_and_writes_nothing(
    client: Client, address: str, answers: dict[str, Any]
) -> None:
    form = open_form(client, address)
    response = client.post(address, {"token": form.token, TYPED: "x"} | answers)
    assert response.status_code == 400
    assert "These answers could not be read" in response.content.decode()
    assert not QuizAttempt.objects.exists()
    assert not Learner.objects.exists()


@pytest.mark.parametrize("typed", ["x" * 2_000, "x\r\n" * 999, "\u202e)3", "ﷺ" * 1_000, "\x07\x1b"])
def test_strange_outputs_are_kept_as_they_were_typed_and_judged(
    client: Client, address: str, typed: str
) -> None:
    form = open_form(client, address)
    assert "0 of 1 right" in send(client, form, token=form.token, **{TYPED: typed})
    assert QuestionAnswer.objects.get().chosen == [typed.replace("\r\n", "\n")]


def test_an_answer_is_judged_by_the_version_that_was_shown(
    client: Client, concept: Concept, address: str
) -> None:
    form = open_form(client, address)
    make_quiz(concept, 2, questions=QUESTIONS)
    page = send(client, form, **right_answers(form))
    assert "3 of 3 right" in page
    assert "This quiz has been rewritten since" in page


def test_who_reads_an_old_attempt_sees_it_as_it_was_judged(client: Client, address: str) -> None:
    """Also where the row tells less than it does today."""
    form = open_form(client, address)
    send(client, form, **right_answers(form))
    QuestionAnswer.objects.update(chosen=[], is_correct=False)
    Question.objects.update(accepted=[])
    page = client.get(f"{address}?attempt={QuizAttempt.objects.get().seed}")
    assert page.status_code == 200
    assert "0 of 3 right" in page.content.decode()


def test_only_what_was_wrong_asks_lines_again_in_another_order(
    client: Client, address: str
) -> None:
    form = open_form(client, address)
    ranked = form.rank(LINES, *reversed(IN_ORDER))
    send(client, form, **right_answers(form) | {LINES: ranked})
    seed = QuizAttempt.objects.get().seed
    again = open_form(client, f"{address}?again=wrong&attempt={seed}")
    assert list(again.lines) == ["q1"]
    assert again.ranks["q1"] == ["", "", "", ""]
    answers = {"token": again.token, "q1": again.rank("q1", *IN_ORDER)}
    assert "1 of 1 right" in send(client, again, **answers)
