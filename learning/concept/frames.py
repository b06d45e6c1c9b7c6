"""What of a lesson's page is the same for everybody who looks at it in one way.

Kept in the process like the texts (`texts.py`): by all that decides it, which is no visitor.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.cache import caches
from django.template import Template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from learning.concept.checks import link_checks
from learning.concept.lesson import Lesson, get_lesson
from learning.concept.notes import form_of
from learning.concept.reports import ReportForm, name_parts
from learning.concept.snapshot import Snapshot
from learning.quiz.grading import Question
from learning.quiz.shells import Shell, make_shells
from learning.templatetags.holes import Donut, bake


@dataclass(frozen=True)
class Look:
    """How a page is shown to whoever asks, beside the language of the thread."""

    theme: str
    may_rewrite: bool


@dataclass(frozen=True)
class Frame:
    """`page`: all but what the visitor's own holes show. `note`: fields of a form into which
    nothing is written yet; `questions` wait for their choices in `shells`."""

    page: Donut
    note: SafeString
    questions: tuple[Question, ...]
    shells: Sequence[Shell]


def get_frame(snapshot: Snapshot, look: Look, page: Template) -> Frame:
    """While the lesson is being written no page is like the one before it: then none is kept."""
    if snapshot.is_being_written:
        return _make(snapshot.of_nobody(), look, page)
    store, key = caches["texts"], _key(snapshot, look, page)
    frame: Frame | None = store.get(key)
    if frame is None:
        frame = _make(snapshot.of_nobody(), look, page)
        store.set(key, frame)
    return frame


def _key(snapshot: Snapshot, look: Look, page: Template) -> str:
    """A template that was changed while somebody works on it is another object."""
    how = [get_language(), astuple(look), id(page)]
    said = json.dumps([snapshot.shared, how])
    return f"frame-{hashlib.sha256(said.encode('utf-8', 'replace')).hexdigest()[:40]}"


def _make(snapshot: Snapshot, look: Look, page: Template) -> Frame:
    lesson = get_lesson(snapshot, may_change=look.may_rewrite)
    quiz = lesson.quiz.text.questions if lesson.quiz.version else ()
    return Frame(
        bake(page, _describe(snapshot, lesson, look)),
        render_to_string("learning/_note_fields.html", {"note_form": form_of(None)}),
        quiz,
        make_shells(quiz, snapshot.roadmap),
    )


def _describe(snapshot: Snapshot, lesson: Lesson, look: Look) -> dict[str, Any]:
    roadmap, concept = snapshot.roadmap, snapshot.concept
    parts = name_parts(lesson.parts)
    report = {"report_form": ReportForm(parts=parts)}
    return {
        "page": snapshot,
        "roadmap": roadmap,
        "concept": concept,
        "address": f"{settings.SITE_URL}{roadmap.get_absolute_url()}{quote(concept.slug)}/",
        "run": snapshot.run,
        "lesson": lesson,
        "may_rewrite": look.may_rewrite,
        "tutorial": link_checks(lesson.tutorial.text.html, roadmap.slug, concept.slug),
        "report_fields": render_to_string("learning/_report_fields.html", report) if parts else "",
        "display_theme": look.theme,
    }
