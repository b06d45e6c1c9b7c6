"""Databases beside the test database, for as long as one is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.contrib.contenttypes.models import ContentType
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


def make(name: str, roadmaps: int) -> str:
    """A filled copy of the test database, which nobody may be using; its name."""
    home = connection.settings_dict["NAME"]
    connection.close()
    full = f"{home}_{name}"
    drop(full)
    with _connect("postgres") as server:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        server.execute(copy.format(sql.Identifier(full), sql.Identifier(home)))
    with _connect(full) as inside:
        fill(inside, roadmaps)
    return full


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
