"""What learners do with what is written."""

from __future__ import annotations

from collections.abc import Iterator

from django.test import Client

from accounts.models import User
from concepts.models import Concept
from learning.models import ConceptMark
from learning.progress.marks import NONE
from tests.costs.paths import path
from tests.costs.seeding import ROADMAP, key
from tests.learning.quiz.cast import Form


def _learner() -> Client:
    client = Client()
    client.force_login(User.objects.get(email="user2@knots.example"))
    return client


@path("a quiz: the form, the answers, what was right, and only what was wrong")
def answer_quiz(subject: int) -> Iterator[None]:
    """Where one roadmap is all there is, it has no quiz."""
    client, address = _learner(), f"/roadmaps/subject-{subject}/-/quiz/concept-7/"
    yield
    page = client.get(f"{address}?again=all")
    if page.status_code == 404:
        return
    answer = client.post(address, Form(page.content.decode()).choose("Choice 1"))
    assert answer.status_code == 302
    assert client.get(answer["Location"]).status_code == 200
    assert client.get(f"{address}?again=wrong").status_code == 200


@path("a concept, by somebody who learns")
def read_concept_with_marks(subject: int) -> Iterator[None]:
    client = _learner()
    yield
    assert client.get(f"/roadmaps/subject-{subject}/concept-7/").status_code == 200


@path("the API's roadmap and concept, by somebody who learns")
def read_through_the_api(subject: int) -> Iterator[None]:
    client, address = _learner(), f"/api/v1/roadmaps/{key(ROADMAP, subject)}"
    concept = Concept.objects.get(roadmap=key(ROADMAP, subject), slug="concept-7")
    yield
    assert client.get(address).status_code == 200
    assert client.get(f"{address}/concepts/{concept.stable_key}").status_code == 200


@path("what somebody has in work, and all that is known of them")
def look_at_work(subject: int) -> Iterator[int]:
    """Who is in most: what it costs grows with their own marks."""
    user = User.objects.order_by("-pk")[0]
    client = Client()
    client.force_login(user)
    yield ConceptMark.objects.filter(learner__user=user).count()
    assert client.get("/learning/").status_code == 200
    assert client.get("/").status_code == 200
    assert client.get("/accounts/export/").status_code == 200


@path("marks, set and taken away")
def set_marks(subject: int) -> Iterator[None]:
    client, address = _learner(), f"/roadmaps/subject-{subject}/-/mark/concept-9/"
    yield
    for standing in ("done", "known", NONE):
        assert client.post(address, {"standing": standing}).status_code == 302


@path("what a visitor has in work, from the first answer on")
def look_at_visitors_work(subject: int) -> Iterator[None]:
    client = Client()
    yield
    client.post(f"/roadmaps/subject-{subject}/-/mark/concept-9/", {"standing": "done"})
    assert client.get("/learning/").status_code == 200
