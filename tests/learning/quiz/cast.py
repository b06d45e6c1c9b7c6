"""Quizzes to answer, and somebody who fills in their forms as a browser would."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.urls import reverse
from model_bakery import baker

from concepts.models import (
    Artifact,
    ArtifactKindLabel,
    ArtifactVersion,
    Choice,
    Concept,
    Question,
    Quiz,
)
from roadmaps.models import Roadmap
from tests.learning.progress.cast import in_order, make_roadmap, write_tutorial

# Type and choices; the right ones begin with “yes”. What is right stands first in the rows.
QUESTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("single", ("yes: friction", "magic", "glue", "hope")),
    ("multiple", ("yes: hemp", "yes: silk", "sand", "fog", "soup")),
    ("true_false", ("yes, True", "False")),
)

# Those that make people produce. Of an output the texts that are accepted; lines as they stand in
# the rows, which is the right order where they are to be put in one.
PRODUCING: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("output", ("Bowline 3\n  holds", "Bowline III\n  holds")),
    ("order", ("`turn = 1`", "`while turn < 3:`", "`    turn += 1`", "`print(turn)`")),
    ("faulty_line", ("`a = 1`", "yes: `if a = 1:`", "`    b = a`", "`print(b)`")),
)
# The lines as people see them.
IN_ORDER = ("turn = 1", "while turn < 3:", "turn += 1", "print(turn)")
TYPED, LINES, FAULTY = (f"q{place}" for place in (1, 2, 3))

_FORM = re.compile(r'<form method="post" action="[^"]*/-/quiz/.*?</form>', re.DOTALL)


def make_quiz(
    concept: Concept,
    number: int = 1,
    *,
    about: str = "rope",
    questions: Sequence[tuple[str, tuple[str, ...]]] = QUESTIONS,
) -> ArtifactVersion:
    """Version `number` of the concept's quiz, current from now on."""
    artifact, _ = Artifact.objects.get_or_create(
        concept=concept, kind=ArtifactKindLabel.QUIZ, defaults={"position": 3}
    )
    version = baker.make(ArtifactVersion, artifact=artifact, number=number)
    quiz = Quiz.objects.create(version=version)
    for position, (kind, choices) in enumerate(questions, start=1):
        _make_question(quiz, position, kind, choices, about)
    artifact.current_version, artifact.state = version, "ready"
    artifact.save()
    return version


def _make_question(
    quiz: Quiz, position: int, kind: str, choices: tuple[str, ...], about: str
) -> None:
    question = Question.objects.create(
        quiz=quiz,
        position=position,
        type=kind,
        stem=f"What holds {about} number {position}?",
        accepted=list(choices) if kind == "output" else [],
        explanation=f"Secretly explained {position}.",
        objective=f"Secret objective {position}",
        difficulty=1,
    )
    Choice.objects.bulk_create(
        Choice(
            question=question,
            position=place,
            text=text,
            is_correct=text.startswith("yes"),
            rationale=f"Secret reason {position}.{place}",
        )
        for place, text in enumerate(choices, start=1)
        if kind != "output"
    )


def make_knots() -> Concept:
    """A concept to read and to be asked about, first of four."""
    roadmap: Roadmap = make_roadmap()
    concept = in_order(roadmap)[0]
    write_tutorial(concept)
    make_quiz(concept)
    return concept


def make_producing() -> Concept:
    """The same, but what is asked is to be produced."""
    concept = in_order(make_roadmap())[0]
    write_tutorial(concept)
    make_quiz(concept, questions=PRODUCING)
    return concept


def quiz_address(concept: Concept) -> str:
    return reverse("learning:quiz", args=[concept.roadmap.slug, concept.slug])


@dataclass
class Form(HTMLParser):
    """The form of a quiz in a page: `options` by the name of the field, texts by place; of lines to
    be put in order `lines`, and the `ranks` that stand there; `typed`, what is in a text field."""

    page: str
    action: str = ""
    token: str = ""
    options: dict[str, dict[str, str]] = field(default_factory=dict)
    checked: set[tuple[str, str]] = field(default_factory=set)
    lines: dict[str, list[str]] = field(default_factory=dict)
    ranks: dict[str, list[str]] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    _open: tuple[str, str] | None = None
    _line: str = ""
    _text: str = ""
    _is_rank: bool = False

    def __post_init__(self) -> None:
        super().__init__()
        found = re.search(
            r'<form method="post" action="[^"]*/-/quiz/.*?</form>', self.page, re.DOTALL
        )
        assert found, "no form of a quiz"
        self.feed(found[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: dict[str, Any] = dict(attrs)
        if tag == "form":
            self.action = given["action"]
        elif tag == "input" and given.get("name") == "token":
            self.token = given["value"]
        elif tag in {"select", "option", "textarea"}:
            self._enter(tag, given)
        elif tag == "input" and given["type"] in {"radio", "checkbox"}:
            self._open = (given["name"], given["value"])
            self.options.setdefault(given["name"], {})[given["value"]] = ""
            if "checked" in given:
                self.checked.add(self._open)

    def _enter(self, tag: str, given: dict[str, Any]) -> None:
        if tag == "select":
            self._line = given["name"]
            self.lines.setdefault(self._line, []).append("")
            self.ranks.setdefault(self._line, []).append("")
        elif tag == "textarea":
            self._text = given["name"]
            self.typed[self._text] = ""
        else:
            self._is_rank = True
            if "selected" in given:
                self.ranks[self._line][-1] = given["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._open, self._line = None, ""
        elif tag == "textarea":
            # As browsers do, but for the line break that a text field begins with.
            self.typed[self._text] = self.typed[self._text].removeprefix("\n")
            self._text = ""
        elif tag in {"option", "select"}:
            self._is_rank = False

    def handle_data(self, data: str) -> None:
        if self._text:
            self.typed[self._text] += data
        elif self._line and not self._is_rank:
            self.lines[self._line][-1] += data.strip("\n ") and data
        elif self._open:
            name, place = self._open
            self.options[name][place] += data.strip()

    def choose(self, *texts: str) -> dict[str, Any]:
        """What a browser sends when these are ticked, wherever they stand."""
        chosen = {
            name: [place for place, text in places.items() if text in texts]
            for name, places in self.options.items()
        }
        return {"token": self.token} | {name: places for name, places in chosen.items() if places}

    def rank(self, name: str, *texts: str) -> list[str]:
        """What a browser sends when these lines, as people see them, get 1, 2 and so on."""
        return [
            str(texts.index(line.strip(" ")) + 1) if line.strip(" ") in texts else ""
            for line in self.lines[name]
        ]

    def all_right(self) -> dict[str, Any]:
        every = [text for places in self.options.values() for text in places.values()]
        return self.choose(*(text for text in every if text.startswith("yes")))


def open_form(client: Client, address: str) -> Form:
    return Form(client.get(address).content.decode())


def send(client: Client, form: Form, **answers: Any) -> str:
    """The page that a browser ends on, as text that people read."""
    data = answers or form.all_right()
    response = client.post(form.action, data, follow=True)
    assert response.status_code == 200, response.status_code
    return html.unescape(response.content.decode())
