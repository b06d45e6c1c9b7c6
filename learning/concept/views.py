"""The page of a concept, and what somebody leaves there."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template import Engine
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from accounts.display import theme_of
from accounts.json_errors import json_error, wants_json
from accounts.limits.refusals import LimitReached, refuse
from concepts.models import ArtifactKindLabel, Concept
from learning.concept.access import get_visible_concept
from learning.concept.checks import get_check, send_check
from learning.concept.conditional import keep_by, not_modified, tag_page
from learning.concept.frames import Frame, Look, get_frame
from learning.concept.lesson import get_lesson
from learning.concept.next import has_opened, write_next
from learning.concept.notes import NoteChanged, NoteForm, form_of, render_note, save_note
from learning.concept.reports import ReportForm, find_version, name_parts, save_report
from learning.concept.snapshot import Snapshot, get_snapshot
from learning.learners import browser_of, find_learner, obtain_learner
from learning.models import Complaint, Note
from learning.progress.changes import is_changed
from learning.progress.pace import count_answer
from learning.quiz.attempts import OpenQuiz, open_quiz
from learning.quiz.shells import fill as fill_shells
from learning.templatetags.holes import fill
from roadmaps.access import keep_to_visitors, may_change
from roadmaps.makers import made_roadmaps


@require_safe
def show_concept(request: HttpRequest, roadmap_slug: str, slug: str) -> HttpResponseBase:
    snapshot = get_snapshot(request.user, request.session, roadmap_slug, slug)
    if has_opened(request) and write_next(snapshot):
        snapshot = get_snapshot(request.user, request.session, roadmap_slug, slug)
    tag = tag_page(request, snapshot.state)
    if (kept := not_modified(request, tag)) is not None:
        return kept
    response = HttpResponse(_render(request, snapshot))
    return keep_by(keep_to_visitors(response, snapshot.roadmap), tag)


def _render(request: HttpRequest, snapshot: Snapshot) -> str:
    """Once for all who look at it in one way; each time, what is this visitor's own."""
    may_rewrite = may_change(request.user, snapshot.roadmap, made_roadmaps(request.session))
    page = Engine.get_default().get_template("learning/concept.html")
    frame = get_frame(snapshot, Look(theme_of(request), may_rewrite), page)
    return fill(frame.page, page, request, _describe_own(snapshot, frame))


def _describe_own(snapshot: Snapshot, frame: Frame) -> dict[str, Any]:
    quiz = _open_quiz(snapshot, frame)
    return {
        "page": snapshot,
        "roadmap": snapshot.roadmap,
        "concept": snapshot.concept,
        "mark": snapshot.mark,
        "changed": is_changed(snapshot.mark, snapshot.version_of(ArtifactKindLabel.TUTORIAL)),
        "quiz": quiz,
        "questions": fill_shells(frame.shells, quiz.fields) if quiz else "",
        "note": render_note(snapshot.note),
        "note_form": form_of(snapshot.note) if snapshot.note else None,
        "note_fields": "" if snapshot.note else frame.note,
        "reported": _say_reported(snapshot),
    }


def _open_quiz(snapshot: Snapshot, frame: Frame) -> OpenQuiz | None:
    version = snapshot.version_of(ArtifactKindLabel.QUIZ)
    if version is None or not frame.questions:
        return None
    return open_quiz(snapshot.concept, version.number, frame.questions, snapshot.last_attempt)


def _say_reported(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Part and complaint, in words."""
    return [
        (str(part.label), str(Complaint(kind).label))
        for part in ArtifactKindLabel
        if (version := snapshot.version_of(part)) is not None
        for kind in snapshot.reported.get(version.pk, [])
    ]


@require_safe
def download_check(request: HttpRequest, roadmap_slug: str, slug: str, number: int) -> HttpResponse:
    concept = get_visible_concept(request.user, roadmap_slug, slug)
    answer = send_check(get_check(concept, number), number)
    return keep_to_visitors(answer, concept.roadmap)


@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_cache=True)
def show_note(request: HttpRequest, roadmap_slug: str, slug: str) -> HttpResponse:
    """A page for the note alone: where two windows wrote, it shows both texts."""
    concept = get_visible_concept(request.user, roadmap_slug, slug)
    answer = _save_note if request.method == "POST" else _show_note
    return keep_to_visitors(answer(request, concept), concept.roadmap)


def _show_note(request: HttpRequest, concept: Concept) -> HttpResponse:
    return _render_note(request, concept, form_of(_find_note(request, concept)))


def _save_note(request: HttpRequest, concept: Concept) -> HttpResponse:
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _refuse_note(request, concept, form)
    said = form.cleaned_data
    known = find_learner(request.user, request.session)
    if known is None and not said["markdown"].strip():
        return _tell_saved(request, concept, Note())
    try:
        count_answer(request)
        learner = obtain_learner(request.user, request.session, browser=browser_of(request))
        note = save_note(learner, concept, said["markdown"], said["revision"])
    except LimitReached as refusal:
        return refuse(request, refusal, partial(_render_note, request, concept, form))
    except NoteChanged as changed:
        return _show_both(request, concept, form, changed.note)
    return _tell_saved(request, concept, note)


def _tell_saved(request: HttpRequest, concept: Concept, note: Note) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"note": {"revision": note.revision}})
    return redirect(f"{_address(concept)}#note")


def _refuse_note(request: HttpRequest, concept: Concept, form: NoteForm) -> HttpResponse:
    if wants_json(request):
        words = {name: " ".join(map(str, errors)) for name, errors in form.errors.items()}
        return json_error(422, fields=words)
    return _render_note(request, concept, form, status=422)


def _show_both(
    request: HttpRequest, concept: Concept, form: NoteForm, stored: Note
) -> HttpResponse:
    """Whoever saves next has read the newest."""
    words = _("This note was changed in another window meanwhile. Nothing is lost: here are both.")
    if wants_json(request):
        answer = json_error(409, words)
        note = {"markdown": stored.markdown, "revision": stored.revision}
        return JsonResponse({**json.loads(answer.content), "note": note}, status=409)
    mine = {"markdown": form.cleaned_data["markdown"], "revision": stored.revision}
    return _render_note(request, concept, NoteForm(initial=mine), words, stored, status=409)


def _find_note(request: HttpRequest, concept: Concept) -> Note | None:
    learner = find_learner(request.user, request.session)
    if learner is None:
        return None
    return Note.objects.filter(learner=learner, concept=concept).first()


def _render_note(
    request: HttpRequest,
    concept: Concept,
    form: NoteForm,
    notice: str = "",
    stored: Note | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "roadmap": concept.roadmap,
        "concept": concept,
        "note_form": form,
        "notice": notice,
        "stored": stored,
    }
    return render(request, "learning/note.html", context, status=status)


def _address(concept: Concept) -> str:
    return reverse("learning:concept", args=[concept.roadmap.slug, concept.slug])


@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_cache=True)
def show_report(request: HttpRequest, roadmap_slug: str, slug: str) -> HttpResponse:
    snapshot = get_snapshot(request.user, request.session, roadmap_slug, slug)
    parts = name_parts(get_lesson(snapshot).parts)
    concept = snapshot.concept
    if request.method != "POST":
        return _render_report(request, concept, ReportForm(parts=parts))
    form = ReportForm(request.POST, parts=parts)
    version = find_version(concept, form.cleaned_data["part"]) if form.is_valid() else None
    if version is None:
        return _render_report(request, concept, form, status=422)
    try:
        count_answer(request)
    except LimitReached as refusal:
        return refuse(request, refusal, partial(_render_report, request, concept, form))
    learner = obtain_learner(request.user, request.session, browser=browser_of(request))
    save_report(learner, version, form.cleaned_data["kind"], form.cleaned_data["words"])
    return redirect(f"{_address(concept)}#report")


def _render_report(
    request: HttpRequest,
    concept: Concept,
    form: ReportForm,
    notice: str = "",
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "roadmap": concept.roadmap,
        "concept": concept,
        "report_form": form,
        "notice": notice,
    }
    response = render(request, "learning/report.html", context, status=status)
    return keep_to_visitors(response, concept.roadmap)
