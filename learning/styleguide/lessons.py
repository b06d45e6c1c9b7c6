"""A lesson, and what somebody leaves there."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils.safestring import SafeString

from concepts.markdown.figures import draw_figure
from concepts.markdown.rendering import render_markdown
from concepts.models import LinkState, Resource
from learning.concept.lesson import Part
from learning.concept.notes import NoteForm
from learning.concept.reports import ReportForm
from learning.models import ConceptMark, Standing
from learning.progress.calendar import draw_calendar
from learning.styleguide.cast import THEN, make_concept
from learning.styleguide.sample import Component, Sample
from learning.styleguide.texts import FIGURE, TUTORIAL

MARK = "learning/_mark.html"
NOTE = "learning/_note_form.html"
ORIGIN = "learning/_origin.html"
REPORT = "learning/_report_form.html"
RESOURCES = "learning/_resources.html"
CALENDAR = "learning/_calendar.html"


def list_components() -> list[Component]:
    return [
        Component("A tutorial: code, folds, tables, figures, formulas", [_tutorial()]),
        Component("Who wrote it, or why it is not there", _origins()),
        Component("Resources", [Sample("linked, or not", RESOURCES, {"resources": _resources()})]),
        Component("Being through with it", _marks()),
        Component("What it needs, and leads to", [_neighbours()]),
        Component("Notes", _notes()),
        Component("Reports", _reports()),
        Component("When somebody learned", _calendars()),
    ]


def _here() -> dict[str, Any]:
    concept = make_concept()
    return {"roadmap": concept.roadmap, "concept": concept}


def _tutorial() -> Sample:
    html = render_markdown(TUTORIAL, {"hill": draw_figure("hill", FIGURE)})
    shown = {"picture": SafeString(html)}
    return Sample("all of it", "learning/styleguide/picture.html", shown, around="tutorial prose")


def _origins() -> list[Sample]:
    run = uuid.UUID(int=7)
    written = Part("tutorial", provenance="Written by a-model on 14 March 2026.")
    missing = Part("quiz", missing="This is written next.")
    anew = Part("tutorial", "Written by hand.", "", None, "A new version is being written.", run)
    return [
        Sample("written", ORIGIN, {"part": written}),
        Sample("not written", ORIGIN, {"part": missing, "title": "Quiz"}),
        Sample("being written anew", ORIGIN, {"part": anew}),
        Sample("not written anew", ORIGIN, {"part": replace(anew, has_ended=True), **_here()}),
        Sample("kept", ORIGIN, {"part": replace(anew, has_ended=True, is_kept=True), **_here()}),
    ]


def _resources() -> list[Resource]:
    why = "The authors’ own account, in a few paragraphs."
    checked: dict[str, Any] = {"checked_at": THEN}
    said: dict[str, Any] = {"kind": "docs", "language": "en", "why": why}
    return [
        Resource(title="About knots", url="https://knots.example/", minutes=10, **said),
        Resource(title="Not free", url="https://books.example/", is_free=False, **said),
        Resource(title="Not linked", url="http://127.0.0.1/", **said),
        *(
            Resource(title="Followed", url="https://knots.example/", state=state, **said, **checked)
            for state in LinkState
            if state is not LinkState.UNCHECKED
        ),
    ]


def _marks() -> list[Sample]:
    marks = [
        Sample(str(standing), MARK, {"mark": ConceptMark(standing=standing), **_here()})
        for standing in Standing
    ]
    done = ConceptMark(standing=Standing.DONE)
    changed = Sample("changed since", MARK, {"mark": done, "changed": True, **_here()})
    return [Sample("open", MARK, _here()), *marks, changed]


def _neighbours() -> Sample:
    standings = ["", *Standing.values]
    labels = ["", *map(str, Standing.labels)]
    neighbours = [
        {"title": f"Knot {number}", "slug": "a-knot", "standing": one, "standing_label": label}
        for number, (one, label) in enumerate(zip(standings, labels, strict=True), start=1)
    ]
    shown = {"neighbours": neighbours, **_here()}
    return Sample("every mark", "learning/_neighbours.html", shown, around="beside")


def _notes() -> list[Sample]:
    filled = NoteForm(initial={"markdown": "Over, **under**, and through.", "revision": 1})
    wrong = NoteForm({"markdown": "Too long. " * 20_000, "revision": 1})
    wrong.is_valid()
    wrong.data = {"markdown": "Too long. …", "revision": 1}
    return [
        Sample("empty", NOTE, {"note_form": NoteForm(), **_here()}, around="alone"),
        Sample("filled", NOTE, {"note_form": filled, **_here()}, around="alone"),
        Sample("in error", NOTE, {"note_form": wrong, **_here()}, around="alone"),
    ]


def _reports() -> list[Sample]:
    parts = [("tutorial-1", "Tutorial"), ("quiz-1", "Quiz")]
    empty, wrong = ReportForm(parts=parts), ReportForm({"part": "quiz-1"}, parts=parts)
    return [
        Sample("empty", REPORT, {"report_form": empty, **_here()}, around="alone"),
        Sample("in error", REPORT, {"report_form": wrong, **_here()}, around="alone"),
    ]


def _calendars() -> list[Sample]:
    today = THEN.date()
    days = {today - timedelta(days=3 * number): number % 23 for number in range(50)}
    some, none = draw_calendar(days, today), draw_calendar({}, today)
    return [
        Sample("much", CALENDAR, {"calendar": some, "zone": "UTC"}),
        Sample("nothing", CALENDAR, {"calendar": none, "zone": "UTC"}),
    ]
