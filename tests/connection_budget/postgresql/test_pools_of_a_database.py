"""What the backend does with Django's option `pool`: before every query Django asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from connection_budget.postgresql.base import DatabaseWrapper
from connection_budget.postgresql.outages import ToldConnection

ALIAS = "pools_of_a_database"


def wrapper_with(pool: object, **settings: object) -> DatabaseWrapper:
    options = {**connection.settings_dict["OPTIONS"], "pool": pool}
    given = {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True, "OPTIONS": options} | settings
    return DatabaseWrapper(connection.settings_dict | given, ALIAS)


@pytest.fixture(autouse=True)
def _no_pool_stays() -> Iterator[None]:
    yield
    DatabaseWrapper._connection_pools.pop(ALIAS, None)


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> list[DatabaseWrapper]:
    """The wrappers that were copied, with all their settings."""
    seen: list[DatabaseWrapper] = []

    def copy(self: DatabaseWrapper, alias: str | None = None) -> DatabaseWrapper:
        seen.append(self)
        return DatabaseWrapper(self.settings_dict, alias or self.alias)

    monkeypatch.setattr(DatabaseWrapper, "copy", copy)
    return seen


@pytest.mark.parametrize("pool", [None, False, {}])
def test_where_there_is_no_pool_asking_for_it_costs_no_copy_of_the_settings(
    copies: list[DatabaseWrapper], pool: object
) -> None:
    wrapper = wrapper_with(pool)
    assert [wrapper.pool for _ in range(3)] == [None] * 3
    assert copies == []


def test_a_pool_is_made_once(copies: list[DatabaseWrapper]) -> None:
    first, second = wrapper_with({"max_size": 1}), wrapper_with({"max_size": 1})
    assert {first.pool, first.pool, second.pool} == {first.pool}
    assert len(copies) == 1


class Own(psycopg.Connection[Any]):
    """As a project may have one."""


DECLARED = [True, {"max_size": 50}, {"min_size": 50}, {"connection_class": Own, "max_size": 50}]


@pytest.mark.parametrize("pool", DECLARED)
def test_every_way_to_declare_a_pool_is_counted_and_bounded(pool: object) -> None:
    made: Any = wrapper_with(pool).pool
    assert issubclass(made.connection_class, ToldConnection)
    assert (made.min_size, made.max_size) == (1, 1), "a command has one connection"


def test_a_connection_class_of_the_projects_own_stays_one() -> None:
    made: Any = wrapper_with({"connection_class": Own}).pool
    assert issubclass(made.connection_class, Own)
    assert made.connection_class.__mro__.index(ToldConnection) == 1


def test_a_query_over_a_pool_that_is_just_declared_is_answered(db: None) -> None:
    wrapper = wrapper_with(True)
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT 7")
        assert cursor.fetchone() == (7,)
    wrapper.close()
    wrapper.close_pool()
