"""The page of a quiz: the form, and what became of the answers. A GET writes nothing."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from accounts.limits.refusals import LimitReached, refuse
from concepts.models import ArtifactVersion, Concept
from learning.learners import browser_of, obtain_learner, of_visitor
from learning.models import QuizAttempt
from learning.progress.pace import count_answer
from learning.quiz import attempts
from learning.quiz.attempts import LastAttempt, OpenQuiz
from learning.quiz.forms import (
    TOKEN,
    BadForm,
    is_seed,
    read_answers,
    read_ticket,
)
from learning.quiz.pages import render_form, render_missing, render_result
from roadmaps.access import get_visible_roadmap, keep_to_visitors

NOT_OURS = _(
    "These answers could not be read: the form was not made for this quiz, or too long ago. Here "
    "is a new one."
)
NOTHING_CHOSEN = _("Nothing is chosen yet. Answer at least one question; the others can wait.")
UNSETTLED = _(
    "Question %(place)s: give every line a number of its own, or none. Nothing has been judged "
    "yet; your answers still stand below."
)
RESULT = "result"
WRONG = "wrong"


@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_cache=True)
def show_quiz(request: HttpRequest, roadmap_slug: str, slug: str) -> HttpResponse:
    roadmap = get_visible_roadmap(request.user, roadmap_slug)
    concept = get_object_or_404(Concept, roadmap=roadmap, slug=slug)
    concept.roadmap = roadmap
    answer = _take_answers if request.method == "POST" else _show
    return keep_to_visitors(answer(request, concept), roadmap)


def _show(request: HttpRequest, concept: Concept) -> HttpResponse:
    """The attempt that was asked for, or was begun and not ended, or a new form."""
    theirs = of_visitor(request.user, request.session)
    version = attempts.get_version(concept)
    last = attempts.find_last(concept, theirs)
    again = request.GET.get("again", "")
    attempt = attempts.find_attempt(concept, theirs, _wanted(request, again, version, last))
    if theirs is not None and attempt is not None and not again:
        return render_result(request, concept, attempt, version, theirs)
    if version is None:
        return render_missing(request, concept)
    only = _wrong(attempt, version) if again == WRONG else None
    shown = None if again else last
    return render_form(request, concept, _open(concept, version, shown, only))


def _open(
    concept: Concept,
    version: ArtifactVersion,
    last: LastAttempt | None = None,
    only: Collection[int] | None = None,
) -> OpenQuiz:
    questions = attempts.shown_questions(version.quiz)
    return attempts.open_quiz(concept, version.number, questions, last, only=only)


def _wanted(
    request: HttpRequest, again: str, version: ArtifactVersion | None, last: LastAttempt | None
) -> str:
    """The seed of the attempt that the page is about; empty: of none."""
    seed = request.GET.get("attempt", "")
    if is_seed(seed):
        return seed
    if last is None or version is None:
        return ""
    is_open = last.version == version.number and not last.score.is_complete
    return last.seed if is_open or again == WRONG else ""


def _wrong(attempt: QuizAttempt | None, version: ArtifactVersion) -> list[int] | None:
    """Positions of what was not right; None, all of it, where there is no such thing any more."""
    if attempt is None or attempt.quiz_id != version.pk:
        return None
    return attempts.wrong_positions(attempt) or None


def _take_answers(request: HttpRequest, concept: Concept) -> HttpResponse:
    try:
        ticket = read_ticket(request.POST.get(TOKEN, ""), concept)
        version = attempts.get_answered_version(concept, ticket)
        questions = attempts.shown_questions(version.quiz)
        fields, answers = read_answers(request.POST, ticket, questions)
    except BadForm:
        return _offer_new(request, concept)
    show = partial(render_form, request, concept, OpenQuiz(ticket.sign(concept), fields, None))
    for field in fields:
        if field.is_unsettled:
            return show(UNSETTLED % {"place": field.place}, status=422)
    way = f"{request.path}?attempt={ticket.seed}#{RESULT}"
    theirs = of_visitor(request.user, request.session)
    if not answers:
        is_begun = attempts.is_begun(concept, theirs, ticket.seed)
        return redirect(way) if is_begun else show(str(NOTHING_CHOSEN), status=422)
    try:
        count_answer(request)
    except LimitReached as refusal:
        return refuse(request, refusal, show)
    learner = obtain_learner(request.user, request.session, browser=browser_of(request))
    attempts.save_answers(learner, concept, version, ticket, answers)
    return redirect(way)


def _offer_new(request: HttpRequest, concept: Concept) -> HttpResponse:
    version = attempts.get_version(concept)
    if version is None:
        return render_missing(request, concept)
    quiz = _open(concept, version)
    return render_form(request, concept, quiz, str(NOT_OURS), status=400)
