"""What the server says: its own limits, and who is connected to it. Read in one go."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TypedDict

from django.db import DEFAULT_DB_ALIAS, connection, connections

from connection_budget.budget.budget import Budget
from connection_budget.conf import get_budget

LIMITS = "max_connections", "superuser_reserved_connections", "reserved_connections"
# Who may not see a session (it belongs to a role whose member we are not, and pg_read_all_stats was
# not granted) sees no backend_type either. It counts: it takes a connection all the same. The
# launcher of replication, the server's own, has a user, too, but no database.
SESSIONS = """
    SELECT coalesce(datname, ''), application_name, coalesce(usename, ''),
           backend_type IS NULL, datname = current_database(), count(*)
      FROM pg_stat_activity
     WHERE backend_type = 'client backend'
        OR (backend_type IS NULL AND usesysid IS NOT NULL AND datid IS NOT NULL)
     GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3
"""


class SessionsReport(TypedDict):
    database: str
    application_name: str
    user: str
    connections: int


class ServerReport(TypedDict):
    """What `connection_budget --live --format json` adds under "server"."""

    max_connections: int
    superuser_reserved_connections: int
    reserved_connections: int
    connections: int
    others: list[SessionsReport]
    problems: list[str]


@dataclass(frozen=True)
class Sessions:
    """Connections of one user to one database under one application name."""

    database: str
    application_name: str
    user: str
    hidden: bool
    """The server does not show us what they are."""
    ours: bool
    """They are connected to this project's database."""
    connections: int


@dataclass(frozen=True)
class LiveServer:
    max_connections: int
    superuser_reserved: int
    reserved_connections: int
    sessions: tuple[Sessions, ...] = ()

    @property
    def connections(self) -> int:
        return sum(row.connections for row in self.sessions)

    def by_role(self, names: Collection[str]) -> dict[str, int]:
        """Connections to this project's database by role, which is their application name."""
        live = dict.fromkeys(names, 0)
        for row in self.sessions:
            if row.ours and row.application_name in live:
                live[row.application_name] += row.connections
        return live

    def others(self, names: Collection[str]) -> list[Sessions]:
        """Sessions of nobody in `names`, those of other databases included."""
        return [row for row in self.sessions if not (row.ours and row.application_name in names)]

    def foreign(self) -> int:
        """Connections to other databases: no reserve of ours was meant for them."""
        return sum(row.connections for row in self.sessions if not row.ours)


@dataclass(frozen=True)
class LiveLogin:
    """A database user as the server has it."""

    limit: int
    """CONNECTION LIMIT; -1: none."""
    superuser: bool
    """No limit holds for it."""


def read_logins(names: Collection[str], alias: str = DEFAULT_DB_ALIAS) -> dict[str, LiveLogin]:
    """Those of `names` that exist."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolconnlimit, rolsuper FROM pg_roles WHERE rolname = ANY(%s)",
            [list(names)],
        )
        return {name: LiveLogin(*rest) for name, *rest in cursor.fetchall()}


def read_server(alias: str = DEFAULT_DB_ALIAS) -> LiveServer:
    """Raises `django.db.OperationalError` when the server cannot be reached."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT name, setting::int FROM pg_settings WHERE name = ANY(%s)", [list(LIMITS)]
        )
        limits: dict[str, int] = dict(cursor.fetchall())
        cursor.execute(SESSIONS)
        sessions = tuple(Sessions(*row) for row in cursor.fetchall())
    # PostgreSQL knows the third from version 16.
    most, superuser, reserved = (limits.get(name, 0) for name in LIMITS)
    return LiveServer(most, superuser, reserved, sessions)


def with_reserves_of(budget: Budget, server: LiveServer) -> Budget:
    """The same fleet, with what this very server keeps for itself."""
    return replace(
        budget,
        superuser_reserved=server.superuser_reserved,
        reserved_connections=server.reserved_connections,
    )


def problems(budget: Budget, server: LiveServer) -> list[str]:
    """Where the server contradicts the budget, a sentence each."""
    if budget.pooler:
        return limit_problems(budget, server) + _pooler_problems(budget, server)
    live = server.by_role([role.name for role in budget.roles])
    too_many = [role for role in budget.roles if live[role.name] > role.peak]
    return limit_problems(budget, server) + [
        f"{role.name} has {live[role.name]} connections, more than its peak of {role.peak}: more "
        f"processes run than are declared, or a rolling deploy does. {role.explain()}"
        for role in too_many
    ]


def _pooler_problems(budget: Budget, server: LiveServer) -> list[str]:
    """Behind a pooler an application name is that of the last client, so only the sum counts."""
    pooled = budget.pooler.server_connections if budget.pooler else 0
    ours = server.connections - server.foreign()
    if ours <= pooled + budget.operations_reserved:
        return []
    problem = (
        f"The database has {ours} connections, more than the pooler's {pooled} and the "
        f"{budget.operations_reserved} of operations: its pools are larger than declared "
        "(DB_POOLER_POOL_SIZE), or processes pass it by."
    )
    return [problem]


def limit_problems(budget: Budget, server: LiveServer) -> list[str]:
    """Where the server's own limits contradict what is declared."""
    if server.max_connections < budget.max_connections:
        too_few = (
            f"The server's max_connections is {server.max_connections}, less than the declared "
            f"{budget.max_connections} (DB_MAX_CONNECTIONS)."
        )
        return [too_few]
    real = with_reserves_of(budget, server)
    if budget.fits and real.server_headroom < 0:
        too_reserved = (
            "The server reserves more than was assumed (superuser_reserved_connections = "
            f"{server.superuser_reserved}, reserved_connections = {server.reserved_connections}): "
            f"{real.max_connections - real.reserved - real.server_headroom} + {real.reserved} > "
            f"{real.max_connections}."
        )
        return [too_reserved]
    return []


def server_report(budget: Budget, server: LiveServer) -> ServerReport:
    return ServerReport(
        max_connections=server.max_connections,
        superuser_reserved_connections=server.superuser_reserved,
        reserved_connections=server.reserved_connections,
        connections=server.connections,
        others=[_row(row) for row in server.others([role.name for role in budget.roles])],
        problems=problems(budget, server),
    )


def _row(row: Sessions) -> SessionsReport:
    return SessionsReport(
        database=row.database,
        application_name=row.application_name or "",
        user=row.user,
        connections=row.connections,
    )


def server_lines(budget: Budget, server: LiveServer) -> list[str]:
    """The server as text, below the table."""
    reserves = f"{server.superuser_reserved} superuser + {server.reserved_connections} reserved"
    limits = f"max_connections = {server.max_connections}, {reserves}"
    lines = [f"the server: {limits}; {server.connections} connected"]
    others = server.others([role.name for role in budget.roles])
    for row in others:
        name = row.application_name or "(no application name)"
        seen = ", not shown to us" if row.hidden else ""
        lines.append(f"  {row.connections} as {name}: {row.user} at {row.database}{seen}")
    if others:
        lines.insert(1, "connected and in no role (the command that asks is among them):")
    return lines


def count_fleet_connections() -> int:
    """Client connections of all roles in the budget, as the server sees them now."""
    roles = [role.name for role in get_budget().roles]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND application_name = ANY(%s)",
            [roles],
        )
        return int(cursor.fetchone()[0])
