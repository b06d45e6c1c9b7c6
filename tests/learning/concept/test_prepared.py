"""Queries that are put together once: whatever a value holds, it is a value."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DataError, connection
from django.db.models import QuerySet, Value
from django.db.models.functions import JSONObject
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from learning.concept.prepared import KEY_SLOT, NUMBER_SLOTS, TEXT_SLOTS, PreparedQuery, Slot
from roadmaps.models import Roadmap

HOSTILE = [
    "it's",
    "'); DROP TABLE roadmaps_roadmap; --",
    "back\\slash \\' quote",
    "50 % of %s and %(name)s and %%",
    f"{TEXT_SLOTS[1]} '{TEXT_SLOTS[0]}'",
    f"{NUMBER_SLOTS[0]} '{KEY_SLOT}'::uuid",
    "$1 and $$2$$, $3;\nEXECUTE x",
    "道 \U0001f600",
]


def build() -> QuerySet[Any, Any]:
    told = JSONObject(
        slug="slug",
        one=Value(TEXT_SLOTS[0]),
        two=Value(TEXT_SLOTS[1]),
        fixed=Value("100 %s 'x' $1"),
        number=Value(NUMBER_SLOTS[0]),
    )
    return Roadmap.objects.filter(title=TEXT_SLOTS[0]).exclude(pk=KEY_SLOT).values_list(told)


def ask(query: PreparedQuery, title: str, second: str = "", number: int = 1) -> list[Any]:
    values: dict[Slot, Slot] = {TEXT_SLOTS[0]: title, TEXT_SLOTS[1]: second}
    rows = query.ask(values | {NUMBER_SLOTS[0]: number, KEY_SLOT: uuid.uuid4()})
    return [json.loads(row) for row in rows]


@pytest.mark.django_db
@pytest.mark.parametrize("is_planned_once", [False, True])
@pytest.mark.parametrize("title", HOSTILE)
def test_a_value_is_nothing_but_a_value(title: str, *, is_planned_once: bool) -> None:
    Roadmap.objects.create(title=title, slug="found", goal="x")
    Roadmap.objects.create(title="another", slug="other", goal="x")
    query = PreparedQuery(build, is_planned_once=is_planned_once)
    for second in ("plain", *HOSTILE):
        same = {"slug": "found", "fixed": "100 %s 'x' $1", "number": -5}
        assert ask(query, title, second, -5) == [same | {"one": title, "two": second}]
    assert ask(query, "nobody's") == []


@pytest.fixture
def knots(transactional_db: None) -> Iterator[None]:
    """On a connection that has planned nothing yet."""
    connection.close()
    Roadmap.objects.create(title="Knots", slug="knots", goal="x")
    yield
    connection.close()


def count_plans() -> list[tuple[int]]:
    """How often each was used."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans + custom_plans FROM pg_prepared_statements")
        return list(cursor.fetchall())


def test_a_connection_plans_it_once_and_each_time_it_is_one_statement(knots: None) -> None:
    query = PreparedQuery(build, is_planned_once=True)
    for _ in range(3):
        with CaptureQueriesContext(connection) as asked:
            assert [one["slug"] for one in ask(query, "Knots")] == ["knots"]
        assert len(asked) == 1
    assert count_plans() == [(3,)]
    same = PreparedQuery(build, is_planned_once=True)
    assert len(ask(same, "Knots")) == 1
    assert count_plans() == [(4,)]


def test_a_new_connection_plans_it_anew(knots: None) -> None:
    query = PreparedQuery(build, is_planned_once=True)
    assert len(ask(query, "Knots")) == 1
    connection.close()
    assert len(ask(query, "Knots")) == 1
    assert count_plans() == [(1,)]


def test_behind_a_pooler_nothing_is_planned_once(knots: None, settings: Settings) -> None:
    settings.DATABASE_POOLER = "transaction"
    query = PreparedQuery(build, is_planned_once=True)
    assert len(ask(query, "Knots")) == 1
    assert count_plans() == []


def test_a_plan_that_is_gone_is_asked_for_no_more(knots: None) -> None:
    """As where a pooler, of which nobody told us, leads to another connection."""
    query = PreparedQuery(build, is_planned_once=True)
    ask(query, "Knots")
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    for statements in (2, 1):
        with CaptureQueriesContext(connection) as asked:
            assert [one["slug"] for one in ask(query, "Knots")] == ["knots"]
        assert len(asked) == statements
    assert count_plans() == []


def test_a_plan_that_another_has_made_is_in_nobodys_way(knots: None) -> None:
    query = PreparedQuery(build, is_planned_once=True)
    ask(query, "Knots")
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        ((plan,),) = cursor.fetchall()
        connection.close()
    with connection.cursor() as cursor:
        cursor.execute(plan.partition(";\n")[0])
    for _ in range(2):
        assert [one["slug"] for one in ask(query, "Knots")] == ["knots"]


def test_what_fails_is_told_as_it_is(knots: None) -> None:
    query = PreparedQuery(build, is_planned_once=True)
    with pytest.raises(DataError, match="out of range"):
        ask(query, "Knots", number=10**30)
    assert len(ask(query, "Knots")) == 1
