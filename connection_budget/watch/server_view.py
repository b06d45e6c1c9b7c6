"""What the server shows of the fleet, asked over a connection that no pool and no lane knows.

libpq is driven by hand here, because every wait has to end: a server that is frozen never closes
its socket, and psycopg would wait for it as long.
"""

from __future__ import annotations

import select
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connections
from psycopg import pq

from connection_budget.deadlines.severing import orphans

ANSWER_SECONDS = 2.0
CONNECT_SECONDS = 2

_QUERY = b"""
SELECT pid, coalesce(application_name, ''), datname = current_database(),
       current_setting('max_connections')
FROM pg_stat_activity WHERE backend_type = 'client backend'
"""


class ServerAway(Exception):
    """The server could not be asked."""


@dataclass(frozen=True)
class ServerView:
    live: Mapping[str, int]
    """Connections to our database, by application_name, which is the role."""
    pids: frozenset[int]
    """All client backends of the server."""
    max_connections: int


class ServerConnection:
    """One connection of its own, made anew when it broke. For one thread at a time."""

    def __init__(self, alias: str = "default") -> None:
        self._alias = alias
        self._connection: psycopg.Connection[Any] | None = None

    @property
    def connection(self) -> psycopg.Connection[Any] | None:
        """While it is open."""
        return self._connection

    def look(self) -> ServerView:
        """Raises `ServerAway`, after a few seconds at most."""
        try:
            if self._connection is None:
                self._connection = self._connect()
                orphans.note(self._connection)
            for statement in orphans.statements(self._alias):
                _ask(self._connection.pgconn, statement.encode())
            return _view(_ask(self._connection.pgconn, _QUERY))
        except (psycopg.Error, OSError, ServerAway) as error:
            if self._connection is not None:
                orphans.add(self._alias, self._connection)
            self.close()
            raise ServerAway(str(error)) from error

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _connect(self) -> psycopg.Connection[Any]:
        parameters = connections[self._alias].get_connection_params()
        names = (
            *("host", "port", "dbname", "user", "password", "service", "sslmode", "sslrootcert"),
            *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count"),
            "tcp_user_timeout",
        )
        chosen = {name: parameters[name] for name in names if parameters.get(name)}
        role = parameters.get("application_name", "")
        return psycopg.connect(
            **chosen, application_name=role, connect_timeout=CONNECT_SECONDS, autocommit=True
        )


def _ask(pgconn: pq.abc.PGconn, query: bytes) -> pq.abc.PGresult:
    give_up_at = time.monotonic() + ANSWER_SECONDS
    pgconn.send_query(query)
    pgconn.flush()  # a query this short fits any socket's buffer
    while pgconn.is_busy():
        left = give_up_at - time.monotonic()
        poll = select.poll()
        poll.register(pgconn.socket, select.POLLIN)
        if left <= 0 or not poll.poll(left * 1000):
            raise ServerAway(f"no answer after {ANSWER_SECONDS:g} seconds")
        pgconn.consume_input()
    result = pgconn.get_result()
    while pgconn.get_result() is not None:
        pass
    if result is None or result.status != pq.ExecStatus.TUPLES_OK:
        raise ServerAway((result.error_message if result else b"").decode(errors="replace"))
    return result


def _view(result: pq.abc.PGresult) -> ServerView:
    rows = [
        [(result.get_value(row, column) or b"").decode() for column in range(4)]
        for row in range(result.ntuples)
    ]
    return ServerView(
        live=Counter(role for _, role, ours, _ in rows if ours == "t"),
        pids=frozenset(int(pid) for pid, *_ in rows),
        max_connections=int(rows[0][3]) if rows else 0,
    )
