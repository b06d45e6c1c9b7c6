"""A quiz is answered in a plain form, judged here, and kept once."""

from __future__ import annotations

import pytest
from django.db.models import Q
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from concepts.models import Choice, Concept
from learning.models import Learner, QuestionAnswer, QuizAttempt
from learning.quiz.attempts import find_last
from learning.quiz.grading import Score
from tests.learning.quiz.cast import Form, make_knots, make_quiz, open_form, quiz_address, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def concept() -> Concept:
    return make_knots()


@pytest.fixture
def address(concept: Concept) -> str:
    return quiz_address(concept)


def lesson_of(concept: Concept) -> str:
    return f"/roadmaps/{concept.roadmap.slug}/{concept.slug}/"


def test_nothing_in_the_page_tells_what_is_right_before_the_answer_is_in(
    client: Client, concept: Concept, address: str
) -> None:
    for page in (address, lesson_of(concept), f"{address}?again=all", f"{address}?again=wrong"):
        html = client.get(page).content.decode()
        assert "secret" not in html.lower(), page
        assert "correct" not in html.lower(), page
        assert len(Form(html).options) == 3, page
        # What tells choices of a question apart is their text and their place alone.
        for name, places in Form(html).options.items():
            assert list(places) == [str(place) for place in range(1, len(places) + 1)], name


def test_the_order_of_choices_tells_nothing_and_differs_from_form_to_form(
    client: Client, address: str
) -> None:
    """What is right stands first in the rows; true and false keep their order."""
    places: dict[str, set[int]] = {"q1": set(), "q3": set()}
    for _ in range(40):
        form = open_form(client, address)
        for name, seen in places.items():
            texts = list(form.options[name].values())
            seen.add(next(at for at, text in enumerate(texts) if text.startswith("yes")))
    assert places["q1"] == {0, 1, 2, 3}
    assert places["q3"] == {0}


def test_looking_writes_nothing(client: Client, concept: Concept, address: str) -> None:
    for page in (
        address,
        lesson_of(concept),
        f"{address}?again=all",
        f"{address}?attempt={'a' * 32}",
    ):
        assert client.get(page).status_code == 200
    assert not QuizAttempt.objects.exists()
    assert not Learner.objects.exists()
    assert "sessionid" not in client.cookies


def test_answers_are_judged_here_with_a_reason_for_every_choice(
    client: Client, concept: Concept, address: str
) -> None:
    form = open_form(client, address)
    page = send(client, form, **form.choose("yes: friction", "yes: hemp", "sand", "False"))
    assert "1 of 3 right" in page
    for question in (1, 2, 3):
        assert f"Secretly explained {question}." in page
    for choice in Choice.objects.all():
        assert choice.rationale in page
    assert page.count("your answer: right") == 2
    assert page.count("your answer: not right") == 2
    assert page.count("this is right") == 2
    attempt = QuizAttempt.objects.get()
    assert attempt.finished_at is not None
    assert attempt.concept == concept
    judged = attempt.answers.order_by("question__position").values_list("chosen", "is_correct")
    assert list(judged) == [([1], True), ([1, 3], False), ([2], False)]


@pytest.mark.parametrize("chosen", [("yes: hemp",), ("yes: hemp", "yes: silk", "sand"), ("fog",)])
def test_of_several_right_ones_all_are_needed_and_no_other(
    client: Client, address: str, chosen: tuple[str, ...]
) -> None:
    form = open_form(client, address)
    assert "0 of 1 right" in send(client, form, **form.choose(*chosen))


def test_all_right_is_said_and_offers_to_go_on(client: Client, address: str) -> None:
    page = send(client, open_form(client, address))
    assert "3 of 3 right" in page
    assert "Done, next: c03" in page
    assert "Only what was wrong" not in page


def test_the_form_of_the_lesson_is_the_same(client: Client, concept: Concept) -> None:
    assert "3 of 3 right" in send(client, open_form(client, lesson_of(concept)))
    assert "you had 3 of 3 right" in client.get(lesson_of(concept)).content.decode()


def test_what_is_left_open_is_said_and_stays_open(client: Client, address: str) -> None:
    form = open_form(client, address)
    page = send(client, form, **form.choose("magic"))
    assert "2 questions are not answered yet" in page
    assert "Back to the lesson" in page.partition("Still open")[2]
    assert "Secretly explained 1." in page
    assert "explained 2" not in page
    assert "reason 2" not in page
    rest = Form(page)
    assert set(rest.options) == {"q2", "q3"}
    assert rest.options["q2"] == form.options["q2"]
    assert "2 of 3 right" in send(client, rest)
    attempt = QuizAttempt.objects.get()
    assert attempt.answers.count() == 3
    assert attempt.finished_at is not None


def test_what_was_begun_goes_on_where_it_was(client: Client, address: str) -> None:
    form = open_form(client, address)
    send(client, form, **form.choose("magic"))
    assert set(open_form(client, address).options) == {"q2", "q3"}
    assert set(open_form(client, f"{address}?again=all").options) == {"q1", "q2", "q3"}


def test_nothing_chosen_is_said_and_writes_nothing(client: Client, address: str) -> None:
    form = open_form(client, address)
    response = client.post(address, {"token": form.token})
    assert response.status_code == 422
    assert "Nothing is chosen yet" in response.content.decode()
    assert Form(response.content.decode()).options == form.options
    assert not Learner.objects.exists()


def test_sent_twice_it_counts_once_and_the_first_counts(client: Client, address: str) -> None:
    form = open_form(client, address)
    assert "3 of 3 right" in send(client, form)
    assert "3 of 3 right" in send(client, form, **form.choose("magic", "fog", "False"))
    assert QuizAttempt.objects.count() == 1
    assert QuestionAnswer.objects.count() == 3


def test_again_asks_all_and_only_what_was_wrong_asks_that(client: Client, address: str) -> None:
    form = open_form(client, address)
    page = send(client, form, **form.choose("yes: friction", "fog", "False"))
    seed = QuizAttempt.objects.get().seed
    assert f"?again=wrong&amp;attempt={seed}" in page.replace("&attempt", "&amp;attempt")
    wrong = open_form(client, f"{address}?again=wrong&attempt={seed}")
    texts = [set(places.values()) for places in wrong.options.values()]
    assert texts == [{"yes: hemp", "yes: silk", "sand", "fog", "soup"}, {"yes, True", "False"}]
    assert wrong.token != form.token
    assert "2 of 2 right" in send(client, wrong)
    assert "3 of 3 right" in send(client, open_form(client, f"{address}?again=all"))
    assert [one.asked for one in QuizAttempt.objects.order_by("pk")] == [
        [1, 2, 3],
        [2, 3],
        [1, 2, 3],
    ]


def test_what_was_shown_is_what_is_judged_though_it_was_rewritten(
    client: Client, concept: Concept, address: str
) -> None:
    form = open_form(client, address)
    newer = make_quiz(concept, 2, about="chain")
    Choice.objects.filter(question__quiz=newer.quiz).update(is_correct=False)
    page = send(client, form)
    assert "3 of 3 right" in page
    assert "What holds rope number 1?" in page
    assert "This quiz has been rewritten since" in page
    attempt = QuizAttempt.objects.get()
    assert attempt.quiz.version.number == 1
    assert "What holds chain number 1?" in client.get(address).content.decode()
    # What was wrong in the old one is no question of the new one.
    wrong = open_form(client, f"{address}?again=wrong&attempt={attempt.seed}")
    assert len(wrong.options) == 3


def test_attempts_of_others_are_not_shown(client: Client, concept: Concept, address: str) -> None:
    form = open_form(client, address)
    send(client, form, **form.choose("magic"))
    seed = QuizAttempt.objects.get().seed
    other, stranger = Client(), Client()
    other.post(f"/roadmaps/knots/-/mark/{concept.slug}/", {"standing": "known"})
    for somebody in (other, stranger):
        page = somebody.get(f"{address}?attempt={seed}").content.decode()
        assert "your answer" not in page
        assert "Secret" not in page
        assert len(Form(page).options) == 3
    assert Learner.objects.count() == 2


def test_how_it_went_last_time_is_one_query(
    client: Client,
    concept: Concept,
    address: str,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    send(client, open_form(client, address))
    theirs = Q(learner=Learner.objects.get())
    with django_assert_num_queries(1):
        last = find_last(concept, theirs)
    assert last is not None
    assert last.score == Score(3, 3, 3)
    with django_assert_num_queries(0):
        assert find_last(concept, None) is None
