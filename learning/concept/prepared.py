"""Queries of the ORM that are put together once a process and asked with ever new values.

Putting one together takes longer than all else of a page (measured: 15 ms of 16 for the one that
tells all about a concept). A value that changes is a slot: the same constant where the query is
put together, and in what PostgreSQL is asked.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
import weakref
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import QuerySet
from psycopg.errors import DuplicatePreparedStatement, InvalidSqlStatementName

# Nothing in a row, nor any other constant of a query, looks like these.
TEXT_SLOTS = ("\ufdd0one", "\ufdd0two")
NUMBER_SLOTS = (-2_000_000_011, -2_000_000_012, -2_000_000_013)
KEY_SLOT = uuid.UUID(int=0xFDD0)

Slot = str | int | uuid.UUID

_TYPES: dict[type, str] = {str: "text", int: "bigint", uuid.UUID: "uuid"}
_NOT_PLANNED = (InvalidSqlStatementName, DuplicatePreparedStatement)
# By connection, the names of those which it has planned.
_planned: MutableMapping[Any, set[str]] = weakref.WeakKeyDictionary()


class PreparedQuery:
    """`build` makes the query, of one row with one column of JSON, with slots for values.

    What does not change is quoted once, too: psycopg would look for places in all of it (10,000
    characters, 120 values) each time. `is_planned_once`: each connection keeps its plan, for
    PostgreSQL plans longer than it reads (measured of the one about a concept: 1.7 ms of 2.2).
    """

    def __init__(
        self, build: Callable[[], QuerySet[Any, Any]], *, is_planned_once: bool = False
    ) -> None:
        self._build = build
        self._is_planned_once = is_planned_once
        self._pieces: _Pieces | None = None

    def ask(self, values: Mapping[Slot, Slot]) -> list[str]:
        """What each row holds, as PostgreSQL wrote it: JSON."""
        pieces = self._pieces = self._pieces or _cut_at_slots(
            *self._build().query.sql_with_params()
        )
        with connection.cursor() as cursor:
            self._execute(cursor, pieces, values)
            return [_as_text(row[0]) for row in cursor.fetchall()]

    def _execute(self, cursor: Any, pieces: _Pieces, values: Mapping[Slot, Slot]) -> None:
        """Behind a pooler, told or not, each statement may get to another connection: no plan."""
        if self._is_planned_once and settings.DATABASE_POOLER == "none":
            try:
                pieces.plan.execute(cursor, values)
            except DatabaseError as error:
                if not isinstance(error.__cause__, _NOT_PLANNED):
                    raise
                self._is_planned_once = False
            else:
                return
        cursor.execute(pieces.put_between(lambda slot: _quote(values.get(slot, slot))))


@dataclass(frozen=True)
class _Pieces:
    """A statement cut at its slots: one text more than there are of these."""

    texts: list[str]
    slots: list[Slot]

    def put_between(self, tell: Callable[[Slot], str]) -> str:
        told = {slot: tell(slot) for slot in set(self.slots)}
        pairs = zip(self.texts, self.slots, strict=False)
        return "".join(
            (*(part for text, slot in pairs for part in (text, told[slot])), self.texts[-1])
        )

    @cached_property
    def plan(self) -> _Plan:
        slots = list(dict.fromkeys(self.slots))
        return _Plan(slots, self.put_between(lambda slot: f"${slots.index(slot) + 1}"))


class _Plan:
    """The same name is the same statement, whoever had it planned."""

    def __init__(self, slots: list[Slot], statement: str) -> None:
        self._slots = slots
        self._name = f"cairn_{hashlib.sha256(statement.encode()).hexdigest()[:24]}"
        types = ", ".join(_TYPES[type(slot)] for slot in slots)
        self._prepare = f"PREPARE {self._name} ({types}) AS {statement}"

    def execute(self, cursor: Any, values: Mapping[Slot, Slot]) -> None:
        """The first time together with its planning: one way to the server, and one statement."""
        given = ", ".join(_quote(values.get(slot, slot)) for slot in self._slots)
        execute = f"EXECUTE {self._name} ({given})"
        planned = _planned.setdefault(cursor.connection, set())
        if self._name in planned:
            cursor.execute(execute)
            return
        cursor.execute(f"{self._prepare};\n{execute}")
        cursor.nextset()
        planned.add(self._name)


def _cut_at_slots(sql: str, parameters: tuple[Any, ...]) -> _Pieces:
    quoted = {_quote(slot): slot for slot in (*TEXT_SLOTS, *NUMBER_SLOTS, KEY_SLOT)}
    any_slot = "|".join(map(re.escape, quoted))
    parts = re.split(f"({any_slot})", _compose(sql, parameters))
    return _Pieces(parts[::2], [quoted[slot] for slot in parts[1::2]])


def _quote(value: Slot) -> str:
    """As psycopg puts it into a statement."""
    return _compose("%s", [value])


def _compose(sql: str, parameters: Sequence[Any]) -> str:
    return str(cast("Any", connection.ops).compose_sql(sql, parameters))


def _as_text(column: Any) -> str:
    """Django has psycopg leave JSON as it is; other connections may not."""
    return column if isinstance(column, str) else json.dumps(column)
