"""Questions that were rendered before anybody asked for them."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string

from learning.quiz.forms import make_fields, new_ticket
from learning.quiz.grading import Choice, Question
from learning.quiz.shells import fill, make_shells
from learning.templatetags.content import choice, choice_line
from roadmaps.models import Roadmap

HOSTILE = ("</span>", "<b>", "{{ x }}", "`code`", "مرحبا", "&amp;", "$x$", "\\g<0>")
QUESTIONS = (
    Question(1, "single", "Which?", tuple(Choice(at, f"{at} {t}") for at, t in enumerate(HOSTILE))),
    Question(4, "multiple", "Which <span>two</span>?", (Choice(1, "a"), Choice(2, "b"))),
    Question(5, "true_false", "Is it `so`?", (Choice(1, "True"), Choice(2, "False"))),
    Question(7, "single", "Nothing to choose?", ()),
)


@pytest.mark.parametrize("language", ["en", "ar", '" onfocus="alert(1)'])
def test_a_question_filled_into_its_shell_is_what_its_template_shows(language: str) -> None:
    roadmap = Roadmap(language=language)
    shells = make_shells(QUESTIONS, roadmap)
    for _ in range(5):  # each in an order of its own
        fields = make_fields(new_ticket(1, [one.position for one in QUESTIONS]), QUESTIONS)
        shown = {"count": len(QUESTIONS), "roadmap": roadmap}
        whole = [
            render_to_string("learning/quiz/_field.html", {"field": field, **shown})
            for field in fields
        ]
        assert fill(shells, fields) == "".join(whole)


@pytest.mark.parametrize(
    ("text", "is_whole"),
    [
        ("`    turn += 1`", True),
        ("`x`", True),
        ("`a` and `b`", False),
        ("use `x`", False),
        ("`x` first", False),
        ("<code>x</code>", False),
        ("", False),
    ],
)
def test_a_line_that_is_code_and_nothing_else_may_look_as_in_a_file(
    text: str, is_whole: bool
) -> None:
    for shown in (choice(text), choice_line(text)):
        assert ('class="whole"' in shown) is is_whole
