"""What the rows may hold is what content may say: one list of names each."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from django.db.models import TextChoices

from concepts.content import ConceptKindName, QuestionTypeName, ResourceKindName
from concepts.models import ConceptKind, QuestionType, ResourceKind
from roadmaps.bounds import LEVELS
from roadmaps.models import Level


@pytest.mark.parametrize(
    ("rows", "content"),
    [
        (ConceptKind, get_args(ConceptKindName)),
        (QuestionType, get_args(QuestionTypeName)),
        (ResourceKind, get_args(ResourceKindName)),
        (Level, LEVELS),
    ],
)
def test_rows_and_content_have_the_same_names(
    rows: type[TextChoices], content: tuple[Any, ...]
) -> None:
    assert rows.values == list(content)
