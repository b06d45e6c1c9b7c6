"""What a version's rows hold is what its content says, with several versions in one go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from concepts.content import ArtifactKind, QuestionContent, QuizContent
from concepts.drafts import Provenance, VersionDraft, draft_version
from concepts.models import ArtifactVersion, Question, Quiz
from concepts.payloads import count_rows, create_payloads
from tests.concepts.test_question_types import make
from tests.generation.admin_cast import make_roadmap

pytestmark = pytest.mark.django_db

PROVENANCE = Provenance(provider="catalogue", model="", language="en", origin="authored")
TWO_WAYS = ["[1, 2]\n", "  3\n４"]


def draft(*questions: QuestionContent) -> VersionDraft:
    """As written: what shuffles the choices is tested by itself."""
    content = QuizContent(questions=list(questions))
    made = draft_version(1, 2, ArtifactKind.QUIZ, content, PROVENANCE, seed="rows")
    return replace(made, content=content)


def store(*drafts: VersionDraft) -> list[list[Question]]:
    """Each version's questions, read back."""
    make_roadmap("Knots", concepts=len(drafts))
    Quiz.objects.all().delete()
    versions = list(ArtifactVersion.objects.filter(artifact__kind="quiz").order_by("pk"))
    create_payloads(list(zip(versions, drafts, strict=True)))
    return [
        list(Question.objects.filter(quiz=version.pk).order_by("position")) for version in versions
    ]


def written(question: Question) -> dict[str, Any]:
    choices = question.choices.order_by("position").values("text", "is_correct", "rationale")
    fields = ("type", "stem", "accepted", "explanation", "objective", "difficulty")
    return {name: getattr(question, name) for name in fields} | {"choices": list(choices)}


def test_every_field_of_every_question_is_in_its_row() -> None:
    output = make("output", (), accepted=TWO_WAYS)
    order, line = make("order", stem="In which order?"), make("faulty_line", difficulty=3)
    stored = store(draft(output, order), draft(line, output))
    assert [[written(one) for one in quiz] for quiz in stored] == [
        [output.model_dump(), order.model_dump()],
        [line.model_dump(), output.model_dump()],
    ]


def test_an_output_keeps_its_ways_to_be_typed_in_their_order_and_others_have_none() -> None:
    [[output, order]] = store(draft(make("output", (), accepted=TWO_WAYS), make("order")))
    assert output.accepted == make("output", (), accepted=TWO_WAYS).accepted
    assert (len(output.accepted), order.accepted) == (2, [])


def test_the_rows_of_a_quiz_are_counted_without_what_is_kept_in_one() -> None:
    assert count_rows(draft(make("output", (), accepted=TWO_WAYS), make("order"))) == 2 + 1 + 4
