"""Databases of these tests alone, so that filling them slows no other test down."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from tests.costs.seeding import fill


@dataclass(frozen=True)
class Database:
    name: str
    roadmaps: int

    @property
    def subject(self) -> int:
        """The number of the roadmap that is looked at: one in the middle that has everything."""
        return 20 * max(1, self.roadmaps // 40) if self.roadmaps > 1 else 1

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Django's connection leads here inside the block."""
        home = connection.settings_dict["NAME"]
        _lead_to(self.name)
        try:
            yield
        finally:
            _lead_to(home)


def _lead_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    ContentType.objects.clear_cache()


def make_empty() -> str:
    """A migrated database without rows; its name. One for each worker of the tests."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    name = f"test_costs_{worker}"
    _create(name, template="template1")
    home = connection.settings_dict["NAME"]
    _lead_to(name)
    try:
        call_command("migrate", verbosity=0)
    finally:
        _lead_to(home)
    return name


def make(empty: str, roadmaps: int) -> Database:
    """A copy of an empty database, filled."""
    name = f"{empty}_{roadmaps}"
    _create(name, template=empty)
    with _connect(name) as inside:
        fill(inside, roadmaps)
    return Database(name, roadmaps)


def _create(name: str, *, template: str) -> None:
    drop(name)
    with _connect("postgres") as server:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        server.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))


def drop(name: str) -> None:
    with _connect("postgres") as server:
        server.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def _connect(name: str) -> psycopg.Connection[Any]:
    parameters = connection.get_connection_params() | {"dbname": name}
    chosen = {key: parameters.get(key) for key in ("host", "port", "dbname", "user", "password")}
    return psycopg.connect(
        **{key: value for key, value in chosen.items() if value}, autocommit=True
    )
