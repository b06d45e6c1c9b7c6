"""A quiz: open, right, wrong, and what comes after it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from learning.models import ConceptMark, Standing
from learning.quiz.attempts import LastAttempt, OpenQuiz
from learning.quiz.forms import Field, Option
from learning.quiz.grading import Choice, Question, Score
from learning.quiz.results import JudgedChoice, JudgedQuestion, Result, Verdict
from learning.quiz.sections import Section
from learning.quiz.views import NOTHING_CHOSEN, UNSETTLED
from learning.styleguide.cast import THEN, make_concept
from learning.styleguide.sample import Component, Sample

QUIZ = "learning/_quiz.html"
RESULT = "learning/quiz/_result.html"
_SEED = "0" * 32
_TEXTS = ("It jams.", "It holds, and comes `loose` at once.", "It slips under a load.")


def list_components() -> list[Component]:
    return [Component("A quiz", _open()), Component("The result of a quiz", _results())]


def _here() -> dict[str, Any]:
    concept = make_concept()
    return {"roadmap": concept.roadmap, "concept": concept, "way_on": "/roadmaps/knots/"}


def _fields() -> list[Field]:
    kinds = (("single", "What does the bowline do?"), ("multiple", "What is true of `bend`?"))
    return [_field(place, *kind) for place, kind in enumerate(kinds, start=1)]


def _produced() -> list[Field]:
    """The kinds that are not chosen from: as they begin, and as they come back."""
    kinds = (
        ("output", "What does `print(2 * 3)` print?"),
        ("order", "Put the lines in order."),
        ("faulty_line", "Which line lets it slip?"),
    )
    fields = [_field(place, *kind) for place, kind in enumerate(kinds, start=3)]
    typed, ordered, _ = fields
    twice = [replace(option, rank=2, is_chosen=False) for option in ordered.options]
    began = replace(typed, place=6, options=[], typed="6\n  turns")
    return [
        replace(typed, options=[]),
        *fields[1:],
        began,
        replace(ordered, place=7, options=twice),
    ]


def _field(place: int, kind: str, stem: str) -> Field:
    choices = tuple(Choice(position, text) for position, text in enumerate(_TEXTS))
    options = [
        Option(at, text, is_chosen=at == place == 2) for at, text in enumerate(_TEXTS, start=1)
    ]
    return Field(place, Question(place, kind, stem, choices), options)


def _open() -> list[Sample]:
    lasts = [None, Score(1, 2, 1), Score(1, 2, 2), Score(2, 2, 2)]
    names = ["open", "begun before", "answered before, not all right", "answered before, all right"]
    samples = [
        Sample(name, QUIZ, {"quiz": _quiz(score), **_here()})
        for name, score in zip(names, lasts, strict=True)
    ]
    notice = {"quiz": _quiz(None), "notice": NOTHING_CHOSEN, **_here()}
    produced = {
        "quiz": OpenQuiz("", _produced(), None),
        "notice": UNSETTLED % {"place": 7},
        **_here(),
    }
    return [
        *samples,
        Sample("nothing chosen", QUIZ, notice),
        Sample("to be typed, put in order and found", QUIZ, produced),
    ]


def _quiz(score: Score | None) -> OpenQuiz:
    last = LastAttempt(_SEED, 1, THEN, score) if score else None
    return OpenQuiz("", _fields(), last)


def _judged_lines() -> JudgedQuestion:
    ranks = ((Verdict.RIGHT, 1), (Verdict.WRONG, 3), (Verdict.WRONG, 2))
    lines = [
        JudgedChoice(text, "It stands on the one before.", verdict, number, rank)
        for number, (text, (verdict, rank)) in enumerate(zip(_TEXTS, ranks, strict=True), start=1)
    ]
    return replace(_judged(3, is_right=False), stem="Put the lines in order.", choices=lines)


def _judged_output(place: int, typed: str) -> JudgedQuestion:
    return replace(
        _judged(place, is_right=typed == "6"),
        stem="What does `print(2 * 3)` print?",
        choices=[],
        typed=typed,
        accepted=("6", "six"),
    )


def _results() -> list[Sample]:
    right, wrong = _judged(1, is_right=True), _judged(2, is_right=False)
    mark = ConceptMark(standing=Standing.DONE)
    results: list[tuple[str, Result, dict[str, Any]]] = [
        ("all right, another follows", _result([right]), {"following": make_concept(2)}),
        ("all right, the last one", _result([right]), {}),
        ("all right, done before", _result([right]), {"mark": mark, "following": make_concept(2)}),
        ("wrong", _result([wrong]), {}),
        (
            "typed and put in order",
            _result([_judged_output(1, "6"), _judged_output(2, "5\n"), _judged_lines()]),
            {},
        ),
        ("some still open, and rewritten since", _result([right], _fields()[1:]), {}),
    ]
    return [
        Sample(name, RESULT, {"result": result, **more, **_here()})
        for name, result, more in results
    ]


def _result(judged: list[JudgedQuestion], fields: list[Field] | None = None) -> Result:
    right = sum(one.is_right for one in judged)
    score = Score(right, len(judged) + len(fields or []), len(judged))
    return Result(_SEED, score, judged, fields or [], "", is_current=not fields)


def _judged(place: int, *, is_right: bool) -> JudgedQuestion:
    verdicts = (
        (Verdict.LEFT, Verdict.RIGHT, Verdict.LEFT)
        if is_right
        else (Verdict.WRONG, Verdict.MISSED, Verdict.LEFT)
    )
    choices = [
        JudgedChoice(text, "Because a turn that is led back holds itself.", verdict)
        for text, verdict in zip(_TEXTS, verdicts, strict=True)
    ]
    section = None if is_right else Section("a-table", "A table", frozenset())
    return JudgedQuestion(
        place,
        "What does the bowline do?",
        is_right,
        choices,
        "It bears against itself, so it neither slips nor jams.",
        "tie a bowline",
        section,
    )
