"""The forms around a lesson as they are before anybody has written anything into them.

Kept by the versions they are about, like the texts (`texts.py`), and like them in the process:
nothing of whoever reads goes in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from learning.concept.lesson import Lesson
from learning.concept.notes import form_of
from learning.concept.reports import ReportForm, name_parts
from learning.quiz.shells import Shell, make_shells
from roadmaps.models import Roadmap


@dataclass(frozen=True)
class Frame:
    """`report` and `note` are fields of forms; `questions` wait for their choices."""

    report: SafeString
    note: SafeString
    questions: Sequence[Shell]


def get_frame(lesson: Lesson, roadmap: Roadmap) -> Frame:
    """Where nothing is written yet there is nothing to keep it by."""
    if not name_parts(lesson.parts):
        return _make(lesson, roadmap)
    store, key = caches["texts"], _key(lesson, roadmap)
    frame: Frame | None = store.get(key)
    if frame is None:
        frame = _make(lesson, roadmap)
        store.set(key, frame)
    return frame


def _key(lesson: Lesson, roadmap: Roadmap) -> str:
    versions = [str(part.version.pk) if part.version else "" for part in lesson.parts]
    return "-".join(["frame", str(get_language()), quote(roadmap.language), *versions])


def _make(lesson: Lesson, roadmap: Roadmap) -> Frame:
    parts = name_parts(lesson.parts)
    report = {"report_form": ReportForm(parts=parts)}
    return Frame(
        render_to_string("learning/_report_fields.html", report) if parts else SafeString(""),
        render_to_string("learning/_note_fields.html", {"note_form": form_of(None)}),
        make_shells(lesson.quiz.text.questions, roadmap),
    )
