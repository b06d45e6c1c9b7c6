"""What is known of somebody, and of nobody else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from concepts.models import Artifact, Choice, Concept, Question
from generation.models import GenerationRun
from learning.belongings import export
from learning.learners import obtain_learner
from learning.models import ConceptMark, Note, QuestionAnswer, QuizAttempt, Report
from roadmaps.models import Visibility
from tests.learning.library import make_ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def carol() -> User:
    return User.objects.create_user("carol@knots.example", "rope-and-twine")


def leave_behind(user: User, concepts: list[Concept], words: str) -> None:
    learner = obtain_learner(user, Client().session)
    for concept in concepts:
        ConceptMark.objects.create(learner=learner, concept=concept, standing="done")
        Note.objects.create(learner=learner, concept=concept, markdown=words)
        quiz = Artifact.objects.get(concept=concept, kind="quiz")
        version = quiz.current_version
        assert version is not None
        GenerationRun.objects.create(
            roadmap=concept.roadmap, artifact=quiz, requested_by=user, instruction=words
        )
        Report.objects.create(learner=learner, version=version, kind="wrong", words=words)
        attempt = QuizAttempt.objects.create(
            learner=learner, concept=concept, quiz=version.quiz, seed=f"{concept.pk}"
        )
        for question in Question.objects.filter(quiz=version.quiz):
            QuestionAnswer.objects.create(
                attempt=attempt, question=question, chosen=[1], is_correct=True
            )


def download(user: User) -> Any:
    client = Client()
    client.force_login(user)
    answer = client.get("/accounts/export/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="cairn.json"'
    return json.loads(answer.content)


def test_everything_of_an_account_is_in_its_export_and_nothing_of_others(carol: User) -> None:
    run = make_ready(owner=carol, visibility=Visibility.PRIVATE)
    concepts = list(Concept.objects.filter(roadmap=run.roadmap_id).order_by("position"))
    leave_behind(carol, concepts[:2], "My own words: 绳结")
    Choice.objects.filter(position=1).update(text="*es:Un nudo*")
    dan = User.objects.create_user("dan@knots.example", "rope-and-twine")
    leave_behind(dan, concepts[:1], "Words of Dan")
    made = download(carol)
    assert made["account"]["email"] == "carol@knots.example"
    assert [roadmap["title"] for roadmap in made["roadmaps"]] == [run.roadmap.title]
    kinds = ("marks", "notes", "attempts", "rewritings", "reports")
    counts = {name: len(made[name]) for name in kinds}
    assert counts == dict.fromkeys(counts, 2)
    first = made["attempts"][-1]["answers"][0]
    hers = QuizAttempt.objects.get(learner__user=carol, concept=concepts[0])
    question = Question.objects.get(quiz=hers.quiz, stem=first["question"])
    assert question.choices.filter(position=1).exists()
    assert first["chosen"] == ["Un nudo"]
    assert made["notes"][0]["markdown"] == "My own words: 绳结"
    wished = made["rewritings"][0]
    assert (wished["artifact"], wished["instruction"]) == ("quiz", "My own words: 绳结")
    assert wished["concept"] == concepts[1].title
    text = json.dumps(made, ensure_ascii=False)
    assert "Dan" not in text
    assert "dan@" not in text
    assert carol.password not in text
    assert made["only_the_newest_of"] == []


def test_much_costs_as_many_queries_as_little(carol: User) -> None:
    concepts = list(Concept.objects.filter(roadmap=make_ready().roadmap_id))
    leave_behind(carol, concepts[:1], "x")

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            export.export_account(carol)
        return len(queries)

    few = count()
    leave_behind(carol, concepts[1:], "y")
    assert count() == few


def test_what_is_too_much_is_cut_at_the_oldest_and_said(
    carol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MOST_ROWS", 2)
    leave_behind(carol, list(Concept.objects.filter(roadmap=make_ready().roadmap_id))[:3], "x")
    made = download(carol)
    assert len(made["notes"]) == 2
    assert made["only_the_newest_of"] == ["attempts", "marks", "notes", "reports", "rewritings"]


def test_an_account_downloads_ten_times_a_day(carol: User) -> None:
    client = Client()
    client.force_login(carol)
    answers = [client.get("/accounts/export/").status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
