"""A pooler in transaction mode before PostgreSQL: two limits instead of one. No Django.

Our processes are its clients; what it opens itself is bounded by its pools, one for each login:

clients : total + operations <= max_clients          (PgBouncer: max_client_conn)
servers : logins x pool_size + reserved <= max_connections   (PgBouncer: default_pool_size)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypedDict

from connection_budget.budget.environment import MOST_SHOWN, VariableError, whole_number
from connection_budget.budget.roles import Role


class PoolerError(VariableError):
    """DATABASE_POOLER is none we know, or a number of DB_POOLER_… is not usable."""


class PoolerReport(TypedDict):
    """What `connection_budget --format json` adds under "pooler"."""

    max_clients: int
    pool_size: int
    logins: int
    server_connections: int
    client_headroom: int
    server_headroom: int


# In session mode each client has a connection of the server, as without a pooler.
WITHOUT_POOLS = ("none", "session")


@dataclass(frozen=True)
class Pooler:
    """`logins` are the database users that connect through it: each has a pool of its own."""

    max_clients: int = 100
    pool_size: int = 20
    logins: int = 1

    @property
    def server_connections(self) -> int:
        """The most connections it opens to the server, for one database."""
        return self.logins * self.pool_size

    def explain_servers(self) -> str:
        logins = "1 login" if self.logins == 1 else f"{self.logins} logins"
        return f"{logins} x {self.pool_size} (DB_POOLER_POOL_SIZE) = {self.server_connections}"


def pooler_from_environment(environ: Mapping[str, str], roles: Iterable[Role]) -> Pooler | None:
    """The pooler where DATABASE_POOLER says that there is one. Raises `PoolerError`.

    The defaults are PgBouncer's own. Two connections are the least a pool can have: one waits with
    the lock while the other migrates.
    """
    mode = environ.get("DATABASE_POOLER", "").strip()
    if mode not in {"", *WITHOUT_POOLS, "transaction"}:
        wanted = f"transaction is wanted, or one of: {', '.join(WITHOUT_POOLS)}"
        raise PoolerError("DATABASE_POOLER", repr(mode[:MOST_SHOWN]), wanted)
    if mode != "transaction":
        return None

    def read(variable: str, default: int, least: int) -> int:
        return whole_number(environ, variable, default=default, least=least, error=PoolerError)

    users = {environ.get(role.variable("database_user"), "").strip() for role in roles}
    return Pooler(
        max_clients=read("DB_POOLER_MAX_CLIENTS", Pooler.max_clients, least=1),
        pool_size=read("DB_POOLER_POOL_SIZE", Pooler.pool_size, least=2),
        logins=len(users),
    )
