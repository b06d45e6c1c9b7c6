"""Questions as they stand in a form, rendered once: each time only the order of choices is new."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from learning.quiz.forms import Field, Option
from learning.quiz.grading import Question
from learning.templatetags.content import choice_line
from roadmaps.models import Roadmap

# No text that is shown holds it: it is another one in each process.
_SLOT = secrets.token_hex(16)
_CHOICE = re.compile(rf"<span[^<>]*>{_SLOT}</span>")

# What stands before the first choice, between two, and behind the last.
Shell = Sequence[str]


def make_shells(questions: Sequence[Question], roadmap: Roadmap) -> list[Shell]:
    """Of a form that asks all of them, in this order."""
    return [
        _CHOICE.split(_render(_empty(place, question), len(questions), roadmap))
        for place, question in enumerate(questions, start=1)
    ]


def fill(shells: Iterable[Shell], fields: Iterable[Field]) -> SafeString:
    """The form's questions, as their template shows them."""
    return SafeString("".join(_fill(*pair) for pair in zip(shells, fields, strict=True)))


def _empty(place: int, question: Question) -> Field:
    places = range(1, len(question.choices) + 1)
    return Field(place, question, [Option(at, _SLOT, is_chosen=False) for at in places])


def _render(field: Field, count: int, roadmap: Roadmap) -> str:
    shown = {"field": field, "count": count, "roadmap": roadmap}
    return render_to_string("learning/quiz/_field.html", shown)


def _fill(shell: Shell, field: Field) -> str:
    before, *behind = shell
    parts = [before]
    for option, part in zip(field.options, behind, strict=True):
        parts += [choice_line(option.text), part]
    return "".join(parts)
