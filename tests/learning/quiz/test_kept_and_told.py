"""What was produced, wherever else it is read: copies, the export, the admin, a next version."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from concepts.models import ArtifactVersion, Concept, Question, Quiz
from generation.runs.earlier import tell_version
from learning.models import QuestionAnswer
from learning.sharing.copying import copy_roadmap
from tests.learning.quiz.cast import (
    FAULTY,
    IN_ORDER,
    LINES,
    PRODUCING,
    TYPED,
    make_producing,
    open_form,
    quiz_address,
    send,
)

pytestmark = pytest.mark.django_db


def answer(client: Client, concept: Concept) -> None:
    form = open_form(client, quiz_address(concept))
    ranked = form.rank(LINES, *reversed(IN_ORDER))
    send(client, form, token=form.token, **{TYPED: "Granny\n 2", LINES: ranked, FAULTY: "2"})


def test_an_export_tells_what_was_typed_and_the_order_lines_were_put_in() -> None:
    carol = User.objects.create_user("carol@knots.example", "rope-and-twine")
    client = Client()
    client.force_login(carol)
    answer(client, make_producing())
    made = json.loads(client.get("/accounts/export/").content)
    told = [(one["type"], one["chosen"]) for one in made["attempts"][0]["answers"]]
    assert told == [
        ("output", ["Granny\n 2"]),
        ("order", list(reversed(PRODUCING[1][1]))),
        ("faulty_line", [PRODUCING[2][1][1]]),
    ]


def test_the_admin_shows_what_is_accepted_the_order_and_the_fault() -> None:
    staff = User.objects.create_superuser("staff@knots.example", "rope-and-twine")
    client = Client()
    client.force_login(staff)
    answer(client, make_producing())
    page = client.get(reverse("admin:concepts_quiz_change", args=[Quiz.objects.get().pk]))
    html = page.content.decode()
    assert "Bowline III" in html
    assert html.index("<li>1. `turn = 1`") < html.index("<li>4. `print(turn)`")
    assert "<li>✓ yes: `if a = 1:`" in html
    attempt = QuestionAnswer.objects.first()
    assert attempt is not None
    page = client.get(reverse("admin:learning_quizattempt_change", args=[attempt.attempt_id]))
    assert "Granny" in page.content.decode()


def test_a_copy_is_judged_as_what_it_was_copied_from(client: Client) -> None:
    copy = copy_roadmap(make_producing().roadmap, owner=None)
    concept = Concept.objects.filter(roadmap=copy).earliest("position")
    form = open_form(client, quiz_address(concept))
    answers: dict[str, Any] = {
        TYPED: "Bowline III\n  holds",
        LINES: form.rank(LINES, *IN_ORDER),
        FAULTY: "2",
    }
    assert "3 of 3 right" in send(client, form, token=form.token, **answers)


def test_whoever_writes_it_anew_is_told_what_was_accepted_and_the_order() -> None:
    concept = make_producing()
    version = ArtifactVersion.objects.get(artifact__concept=concept, artifact__kind="quiz")
    told = tell_version(version).splitlines()
    assert "   accepted: Bowline III" in told
    assert [line.split(":")[0].strip() for line in told if "Secret reason 2" in line] == [
        f"line {number}" for number in (1, 2, 3, 4)
    ]
    assert "   right: yes: `if a = 1:` (Secret reason 3.2)" in told


def test_questions_that_code_of_before_writes_have_nothing_accepted() -> None:
    """While two releases run side by side, the older one knows no such column."""
    quiz = Quiz.objects.get(version__artifact__concept=make_producing())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO concepts_question (quiz_id, position, type, stem, explanation, objective,"
            " difficulty) VALUES (%s, 9, 'single', 'Which?', 'So.', 'Tie', 1)",
            [quiz.pk],
        )
    assert Question.objects.get(position=9).accepted == []
