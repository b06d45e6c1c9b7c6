"""The page of a concept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from learning.concept.access import get_visible_concept
from learning.concept.checks import get_check, link_checks, send_check
from learning.concept.lesson import Part, get_lesson
from learning.concept.snapshot import Snapshot, get_snapshot
from learning.quiz.attempts import OpenQuiz, open_quiz
from roadmaps.access import keep_to_visitors


@require_safe
def show_concept(request: HttpRequest, roadmap_slug: str, slug: str) -> HttpResponse:
    snapshot = get_snapshot(request.user, request.session, roadmap_slug, slug)
    lesson = get_lesson(snapshot)
    context = {
        "page": snapshot,
        "roadmap": snapshot.roadmap,
        "concept": snapshot.concept,
        "run": snapshot.run,
        "mark": snapshot.mark,
        "lesson": lesson,
        "tutorial": link_checks(lesson.tutorial.text.html, roadmap_slug, slug),
        "quiz": _open_quiz(snapshot, lesson.quiz),
    }
    response = render(request, "learning/concept.html", context)
    return keep_to_visitors(response, snapshot.roadmap)


def _open_quiz(snapshot: Snapshot, part: Part) -> OpenQuiz | None:
    if part.version is None or not part.text.questions:
        return None
    return open_quiz(
        snapshot.concept, part.version.number, part.text.questions, snapshot.last_attempt
    )


@require_safe
def download_check(request: HttpRequest, roadmap_slug: str, slug: str, number: int) -> HttpResponse:
    concept = get_visible_concept(request.user, roadmap_slug, slug)
    answer = send_check(get_check(concept, number), number)
    return keep_to_visitors(answer, concept.roadmap)
