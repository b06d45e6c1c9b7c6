"""A database that cannot hold the schema or the text is refused before anything is written."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import connection

from connection_budget.checks import fleet
from connection_budget.watch import suitability
from connection_budget.watch.suitability import (
    LEAST_VERSION,
    ServerKind,
    ServerRefused,
    assert_server,
    kind_of,
    problems_of,
)


@pytest.mark.parametrize(
    ("version", "encoding", "words"),
    [
        (180_001, "UTF8", None),
        (150_000, "UTF8", None),
        (0, "", None),  # a pooler that tells nothing
        (140_019, "UTF8", "PostgreSQL 14; the schema needs 15"),
        (90_624, "UTF8", "PostgreSQL 9.6;"),
        (180_001, "SQL_ASCII", "in SQL_ASCII"),
        (180_001, "LATIN1", "in LATIN1"),
        (180_001, "EUC_JP", "must be UTF8"),
    ],
)
def test_fifteen_and_utf8_are_asked_for(version: int, encoding: str, words: str | None) -> None:
    told = " ".join(problems_of(ServerKind(version, encoding)))
    assert (words in told) if words else not told


def test_an_older_server_stops_the_start_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suitability, "read_kind", lambda _alias: ServerKind(140_002, "UTF8"))
    with pytest.raises(ServerRefused, match="PostgreSQL 14; the schema needs 15 or newer"):
        assert_server()


@pytest.mark.django_db
def test_an_older_server_is_told_by_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "connection_budget.E007" not in [
        message.id for message in run_checks(databases=["default"])
    ]
    monkeypatch.setattr(fleet, "kind_of", lambda _session: ServerKind(140_002, "UTF8"))
    assert "connection_budget.E007" in [message.id for message in run_checks(databases=["default"])]


def test_where_nobody_answers_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nonexistent")
    assert_server()


@pytest.mark.django_db
def test_a_server_tells_its_version_and_how_it_stores_text() -> None:
    connection.ensure_connection()
    kind = kind_of(connection.connection)
    assert (kind.version >= LEAST_VERSION, kind.encoding) == (True, "UTF8")


def test_a_pooler_that_tells_nothing_is_not_refused() -> None:
    info = SimpleNamespace(server_version=0, parameter_status=lambda _name: None)
    session: Any = SimpleNamespace(info=info)
    assert kind_of(session) == ServerKind(0, "")
