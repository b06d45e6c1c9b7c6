"""No regular expression takes longer than its text does: ten times for ten times as much."""

from __future__ import annotations

import functools

import pytest

from tests.hostile.building import APPS
from tests.hostile.collecting import Pattern
from tests.hostile.expressions import faults_of, find_all
from tests.hostile.texts import quick_texts, repeat, texts_against

# What some look for again behind each.
BEGINNINGS = ("1. ", "](", "「", "https://a.b ")

pytestmark = [pytest.mark.wide, pytest.mark.timeout(600)]


@functools.cache
def all_expressions() -> list[tuple[Pattern, set[str]]]:
    return list(find_all())


@pytest.mark.parametrize("app", APPS)
def test_no_expression_takes_longer_than_its_text_does(app: str) -> None:
    found: list[str] = []
    begun = {repr(piece): repeat(piece) for piece in BEGINNINGS}
    for pattern, ways in all_expressions():
        if pattern.name.startswith(f"{app}."):
            texts = quick_texts() | begun | texts_against(pattern.expression, most=4)
            found += faults_of(pattern, texts, ways)
    assert found == []
