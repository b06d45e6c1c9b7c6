"""Queries of the ORM that are put together once a process and asked with ever new values.

Putting one together takes longer than all else of a page (measured: 15 ms of 16 for the one that
tells all about a concept). A value that changes is a slot: the same constant where the query is
put together, and in what PostgreSQL is asked.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from django.db import connection
from django.db.models import QuerySet

# Nothing in a row, nor any other constant of a query, looks like these.
TEXT_SLOTS = ("\ufdd0one", "\ufdd0two")
NUMBER_SLOTS = (-2_000_000_011, -2_000_000_012, -2_000_000_013)
KEY_SLOT = uuid.UUID(int=0xFDD0)

Slot = str | int | uuid.UUID


class PreparedQuery:
    """`build` makes the query, of one row with one column of JSON, with slots for values.

    What does not change is quoted once, too: psycopg would look for places in all of it (10,000
    characters, 120 values) each time.
    """

    def __init__(self, build: Callable[[], QuerySet[Any, Any]]) -> None:
        self._build = build
        self._cut: tuple[list[str], list[Slot]] | None = None

    def ask(self, values: Mapping[Slot, Slot]) -> list[str]:
        """What each row holds, as PostgreSQL wrote it: JSON."""
        if self._cut is None:
            self._cut = _cut_at_slots(*self._build().query.sql_with_params())
        texts, slots = self._cut
        quoted = {slot: _quote(values.get(slot, slot)) for slot in set(slots)}
        filled = (
            part for slot, text in zip(slots, texts, strict=False) for part in (text, quoted[slot])
        )
        with connection.cursor() as cursor:
            cursor.execute("".join((*filled, texts[-1])))
            return [_as_text(row[0]) for row in cursor.fetchall()]


def _cut_at_slots(sql: str, parameters: tuple[Any, ...]) -> tuple[list[str], list[Slot]]:
    """The texts around the slots, one more than there are of these."""
    quoted = {_quote(slot): slot for slot in (*TEXT_SLOTS, *NUMBER_SLOTS, KEY_SLOT)}
    any_slot = "|".join(map(re.escape, quoted))
    parts = re.split(f"({any_slot})", _compose(sql, parameters))
    return parts[::2], [quoted[slot] for slot in parts[1::2]]


def _quote(value: Slot) -> str:
    """As psycopg puts it into a statement."""
    return _compose("%s", [value])


def _compose(sql: str, parameters: Sequence[Any]) -> str:
    return str(cast("Any", connection.ops).compose_sql(sql, parameters))


def _as_text(column: Any) -> str:
    """Django has psycopg leave JSON as it is; other connections may not."""
    return column if isinstance(column, str) else json.dumps(column)
