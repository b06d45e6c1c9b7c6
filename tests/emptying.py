"""How tables are empty again after a test that has committed."""

from __future__ import annotations

from typing import Any

from django.db import OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase
from psycopg.errors import DeadlockDetected
from psycopg.sql import SQL, Identifier

# What migrations have made is the same for every test.
KEPT = {"auth_permission", "django_content_type"}
LARGE = 500_000
"""Bytes. Rows of such a table, dead ones among them, are looked at for too long."""
LARGEST = "SELECT coalesce(max(pg_relation_size(oid)), 0) FROM pg_class WHERE relname = ANY(%s)"


def empty_tables(case: Any) -> None:
    """Instead of Django's way: to truncate makes the files of all tables and indexes anew.

    Like that, it waits for whoever still writes, so that this is emptied as well.
    """
    for alias in case._databases_names(include_mirrors=False):
        connection = connections[alias]
        found = connection.introspection.django_table_names(only_existing=True, include_views=False)
        tables = sorted(set(found) - KEPT)
        while tables and not _emptied(connection, tables):
            pass


def _emptied(connection: BaseDatabaseWrapper, tables: list[str]) -> bool:
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            _empty(cursor, tables)
    except OperationalError as error:
        if isinstance(error.__cause__, DeadlockDetected):  # with somebody who still works
            return False
        raise
    return True


def _empty(cursor: Any, tables: list[str]) -> None:
    every = SQL(", ").join(map(Identifier, tables))
    cursor.execute(SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(every))  # who reads may go on
    cursor.execute(LARGEST, [tables])
    if cursor.fetchone()[0] > LARGE:
        cursor.execute(SQL("TRUNCATE {}").format(every))
        return
    for table in tables:
        cursor.execute(SQL("DELETE FROM {}").format(Identifier(table)))


def empty_tables_quickly() -> None:
    """From now on, after every such test."""
    TransactionTestCase._fixture_teardown = empty_tables  # type: ignore[attr-defined]
