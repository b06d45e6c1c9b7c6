"""Whether a PostgreSQL is one that the schema can live in: its version, and how it stores text.

Both are told with every connection, by a pooler as well, so nobody has to ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db import DEFAULT_DB_ALIAS, connections

if TYPE_CHECKING:
    import psycopg

# Before, Django leaves out constraints with `nulls_distinct` without a word.
LEAST_VERSION = 150_000
ENCODING = "UTF8"
CONNECT_SECONDS = 2

Session: TypeAlias = "psycopg.Connection[Any]"


class ServerRefused(Exception):
    """The server that answers cannot hold our data; the sentence says what to do."""


@dataclass(frozen=True)
class ServerKind:
    """`server_version_num` and `server_encoding`; zero and nothing where that was not told."""

    version: int
    encoding: str


def problems_of(kind: ServerKind) -> list[str]:
    found = []
    if 0 < kind.version < LEAST_VERSION:
        found.append(
            f"The server is PostgreSQL {_name(kind.version)}; the schema needs "
            f"{_name(LEAST_VERSION)} or newer."
        )
    if kind.encoding and kind.encoding != ENCODING:
        found.append(
            f"The database stores text in {kind.encoding}, which cannot hold every language; it "
            f"must be {ENCODING}. Make another one: CREATE DATABASE … ENCODING 'UTF8' "
            "TEMPLATE template0."
        )
    return found


def _name(version: int) -> str:
    """PostgreSQL counts 9.6.24 as 90624, and 14.2 as 140002."""
    major, rest = divmod(version, 10_000)
    return str(major) if major >= 10 else f"{major}.{rest // 100}"


def kind_of(session: Session) -> ServerKind:
    encoding = session.info.parameter_status("server_encoding")
    return ServerKind(session.info.server_version, encoding or "")


def read_kind(alias: str = DEFAULT_DB_ALIAS) -> ServerKind | None:
    """By a connection of its own, closed at once: Django's may not be opened in an event loop.

    None where nobody answers: whoever needs the server then, will say so.
    """
    wrapper: Any = connections[alias]
    parameters = wrapper.get_connection_params() | {"connect_timeout": CONNECT_SECONDS}
    driver = wrapper.Database
    try:
        with driver.connect(**parameters) as session:
            return kind_of(session)
    except driver.OperationalError:
        return None


def assert_server(alias: str = DEFAULT_DB_ALIAS) -> None:
    """Raise `ServerRefused` where the server answers and is unsuitable."""
    kind = read_kind(alias)
    if kind is not None and (problems := problems_of(kind)):
        raise ServerRefused(" ".join(problems))
