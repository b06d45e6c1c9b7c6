"""Queries that are put together once: whatever a value holds, it is a value."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.db.models import QuerySet, Value
from django.db.models.functions import JSONObject

from learning.concept.prepared import KEY_SLOT, NUMBER_SLOTS, TEXT_SLOTS, PreparedQuery, Slot
from roadmaps.models import Roadmap

pytestmark = pytest.mark.django_db

HOSTILE = [
    "it's",
    "'); DROP TABLE roadmaps_roadmap; --",
    "back\\slash \\' quote",
    "50 % of %s and %(name)s and %%",
    f"{TEXT_SLOTS[1]} '{TEXT_SLOTS[0]}'",
    f"{NUMBER_SLOTS[0]} '{KEY_SLOT}'::uuid",
    "道 \U0001f600",
]


def build() -> QuerySet[Any, Any]:
    told = JSONObject(
        slug="slug",
        one=Value(TEXT_SLOTS[0]),
        two=Value(TEXT_SLOTS[1]),
        fixed=Value("100 %s 'x'"),
        number=Value(NUMBER_SLOTS[0]),
    )
    return Roadmap.objects.filter(title=TEXT_SLOTS[0]).exclude(pk=KEY_SLOT).values_list(told)


@pytest.mark.parametrize("title", HOSTILE)
def test_a_value_is_nothing_but_a_value(title: str) -> None:
    Roadmap.objects.create(title=title, slug="found", goal="x")
    Roadmap.objects.create(title="another", slug="other", goal="x")
    query = PreparedQuery(build)
    for second in ("plain", *HOSTILE):
        values: dict[Slot, Slot] = {TEXT_SLOTS[0]: title, TEXT_SLOTS[1]: second}
        (row,) = query.ask(values | {NUMBER_SLOTS[0]: -5, KEY_SLOT: uuid.uuid4()})
        same = {"slug": "found", "fixed": "100 %s 'x'", "number": -5}
        assert json.loads(row) == same | {"one": title, "two": second}
    assert query.ask({TEXT_SLOTS[0]: "nobody's", TEXT_SLOTS[1]: "", NUMBER_SLOTS[0]: 1}) == []
