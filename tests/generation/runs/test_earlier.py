"""What the writer of a new version is told of the one before."""

from __future__ import annotations

import pytest

from concepts.content import ArtifactKind
from concepts.models import Tutorial
from generation.models import GenerationRun
from generation.port.briefs import EARLIER_MAX_CHARACTERS
from generation.runs import rewriting
from tests.generation.rewriters import Anew, open_anew
from tests.learning.library import make_ready

pytestmark = pytest.mark.django_db


def told(run: GenerationRun, kind: ArtifactKind, wish: str = "Ships.") -> str:
    return rewriting.get_work(open_anew(run, kind, wish)).brief.earlier


def test_a_quiz_is_told_with_what_is_right_and_why() -> None:
    lines = told(make_ready(), ArtifactKind.QUIZ).splitlines()
    assert lines[0] == "1. What holds c02 1?"
    assert "   right: friction (Try it.)" in lines[:6]
    assert sum(line.startswith("   wrong: ") for line in lines) == 15
    assert lines[5] == "   Rope on rope."


def test_a_tutorial_is_told_as_it_was_written_and_no_longer_than_is_asked_for() -> None:
    run = make_ready()
    assert told(run, ArtifactKind.TUTORIAL) == "## Tying c02\n\nTake the `rope`."
    other = make_ready()
    Tutorial.objects.update(markdown="x" * 60_000)
    assert told(other, ArtifactKind.TUTORIAL) == "x" * EARLIER_MAX_CHARACTERS + " […]"


def test_it_is_the_version_that_is_shown_and_not_what_was_wished_of_it() -> None:
    run = make_ready()
    Anew(open_anew(run, ArtifactKind.TUTORIAL, "A secret wish.")).write()
    earlier = told(run, ArtifactKind.TUTORIAL)
    assert "Tying c02-anew" in earlier
    assert "secret" not in earlier
