"""What the pages of a quiz show."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from concepts.models import ArtifactVersion, Concept
from learning.models import ConceptMark, QuizAttempt
from learning.progress.next_steps import next_step
from learning.quiz.attempts import OpenQuiz
from learning.quiz.results import show_result

PAGE = "learning/quiz/page.html"


def render_form(
    request: HttpRequest, concept: Concept, quiz: OpenQuiz, notice: str = "", *, status: int = 200
) -> HttpResponse:
    context = {"roadmap": concept.roadmap, "concept": concept, "quiz": quiz, "notice": notice}
    return render(request, PAGE, context, status=status)


def render_missing(request: HttpRequest, concept: Concept) -> HttpResponse:
    """The quiz is not written yet, or could not be."""
    context = {"roadmap": concept.roadmap, "concept": concept}
    return render(request, PAGE, context, status=404)


def render_result(
    request: HttpRequest,
    concept: Concept,
    attempt: QuizAttempt,
    current: ArtifactVersion | None,
    theirs: Q,
) -> HttpResponse:
    """What was right, and the way on: whoever passed may be through with the concept."""
    following = next_step(concept.roadmap, theirs, besides=concept)
    context = {
        "roadmap": concept.roadmap,
        "concept": concept,
        "result": show_result(attempt, concept, None if current is None else current.number),
        "mark": ConceptMark.objects.filter(theirs, concept=concept).first(),
        "following": following,
        "way_on": _way_on(concept, following),
    }
    return render(request, PAGE, context)


def _way_on(concept: Concept, following: Concept | None) -> str:
    if following is None:
        return concept.roadmap.get_absolute_url()
    return reverse("learning:concept", args=[concept.roadmap.slug, following.slug])
