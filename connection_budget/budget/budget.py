"""The connection budget of a whole fleet, and whether a server can hold it. No Django.

total         = sum of every role's peak
reserved      = operations + superuser_reserved_connections + reserved_connections
fits          : total + reserved <= max_connections
rolling_fits  : 2 x total + reserved <= max_connections (old and new fleet alive together)

Behind a pooler the fleet's connections are the pooler's clients: see
`connection_budget.budget.pooler`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from connection_budget.budget.environment import VariableError, whole_number
from connection_budget.budget.pooler import Pooler, PoolerReport, pooler_from_environment
from connection_budget.budget.roles import COMMAND, Role, check_names, roles_from_environment


class BudgetError(VariableError):
    """DB_MAX_CONNECTIONS or DB_RESERVED_CONNECTIONS is not a usable number."""


class RoleReport(TypedDict):
    role: str
    processes: int
    per_process: int
    main: int
    overlap: int
    peak: int
    live: int | None


class BudgetReport(TypedDict):
    """What `connection_budget --format json` prints."""

    max_connections: int
    reserved: int
    roles: list[RoleReport]
    total: int
    headroom: int
    fits: bool
    rolling_total: int
    rolling_fits: bool
    pooler: NotRequired[PoolerReport]


@dataclass(frozen=True)
class Budget:
    """Connections by role against what one PostgreSQL server offers.

    `operations_reserved` is kept free for people and tools: commands, migrations, a shell, an
    exporter. The other two reserves are the server's own settings of those names; PostgreSQL
    knows `reserved_connections` from version 16. `reserve_roles` live from the operations
    reserve and are in no total.
    """

    roles: tuple[Role, ...]
    max_connections: int
    operations_reserved: int
    superuser_reserved: int = 3
    reserved_connections: int = 0
    reserve_roles: tuple[Role, ...] = (COMMAND,)
    pooler: Pooler | None = None

    @property
    def total(self) -> int:
        """The most connections the fleet can hold at once."""
        return sum(role.peak for role in self.roles)

    @property
    def reserved(self) -> int:
        """Connections the fleet must leave alone."""
        return self.operations_reserved + self.superuser_reserved + self.reserved_connections

    @property
    def limit(self) -> int:
        """Connections that can be made where the fleet connects: the server, or its pooler."""
        return self.pooler.max_clients if self.pooler else self.max_connections

    @property
    def kept_free(self) -> int:
        """What must be left alone there. The server's own reserves are not the pooler's."""
        return self.operations_reserved if self.pooler else self.reserved

    @property
    def headroom(self) -> int:
        """Connections left when the whole fleet is at its peak; negative when it does not fit."""
        return min(self.limit - self.kept_free - self.total, self.server_headroom)

    @property
    def server_headroom(self) -> int:
        """Connections left on the server when everything in front of it is at its peak."""
        peak = self.pooler.server_connections if self.pooler else self.total
        return self.max_connections - self.reserved - peak

    @property
    def fits(self) -> bool:
        return self.headroom >= 0

    @property
    def rolling_total(self) -> int:
        """What a rolling deploy needs, reserve included: both generations at their peak."""
        return 2 * self.total + self.kept_free

    @property
    def rolling_fits(self) -> bool:
        return self.rolling_total <= self.limit and self.fits

    def server_peak(self, roles: Iterable[Role]) -> int:
        """The most connections the server sees of `roles`, which share a login."""
        return self.pooler.pool_size if self.pooler else sum(role.peak for role in roles)

    def role(self, name: str) -> Role:
        """The role called `name`, from the fleet or the reserve. Raises `KeyError`."""
        return {role.name: role for role in (*self.roles, *self.reserve_roles)}[name]

    def as_dict(self, live: Mapping[str, int] | None = None) -> BudgetReport:
        """The report as JSON has it; `live` are connections seen on the server, by role."""
        report = BudgetReport(
            max_connections=self.max_connections,
            reserved=self.reserved,
            roles=[_role_report(role, live) for role in self.roles],
            total=self.total,
            headroom=self.headroom,
            fits=self.fits,
            rolling_total=self.rolling_total,
            rolling_fits=self.rolling_fits,
        )
        if self.pooler:
            report["pooler"] = PoolerReport(
                max_clients=self.pooler.max_clients,
                pool_size=self.pooler.pool_size,
                logins=self.pooler.logins,
                server_connections=self.pooler.server_connections,
                client_headroom=self.limit - self.kept_free - self.total,
                server_headroom=self.server_headroom,
            )
        return report

    def explain(self) -> str:
        """The arithmetic: a line a role, the sums, the verdict and what to change."""
        peaks = " + ".join(str(role.peak) for role in self.roles)
        return "\n".join(
            [
                *(role.explain() for role in self.roles),
                f"total: {peaks} = {self.total}",
                f"reserved: {self.explain_reserve()} = {self.reserved}",
                f"limit: max_connections = {self.max_connections} (DB_MAX_CONNECTIONS)",
                *self._pooler_lines(),
                self._verdict(),
                self._rolling_verdict(),
            ]
        )

    def explain_reserve(self) -> str:
        """The parts of the reserve, as a sum."""
        return (
            f"{self.operations_reserved} operations (DB_RESERVED_CONNECTIONS) "
            f"+ {self.superuser_reserved} superuser + {self.reserved_connections} reserved"
        )

    def remedy(self) -> str:
        """Which variables to change when the fleet is too large: the largest roles' come first."""
        if self.pooler and self.server_headroom < 0:
            return (
                "Lower DB_POOLER_POOL_SIZE together with the pooler's default_pool_size, or raise "
                "DB_MAX_CONNECTIONS together with the server's max_connections."
            )
        largest = sorted(self.roles, key=lambda role: role.peak, reverse=True)[:2]
        sizes = [
            role.variable(quantity)
            for role in largest
            for quantity in ("processes", "connections")
            if getattr(role, quantity) > 1
        ]
        lower = f"Lower {', '.join(sizes)}, or raise" if sizes else "Raise"
        if self.pooler:
            return f"{lower} DB_POOLER_MAX_CLIENTS together with the pooler's max_client_conn."
        return f"{lower} DB_MAX_CONNECTIONS together with the server's max_connections."

    def _pooler_lines(self) -> list[str]:
        if not self.pooler:
            return []
        servers = self.pooler.server_connections
        sum_ = f"{servers} + {self.reserved} = {servers + self.reserved}"
        sign = "<=" if self.server_headroom >= 0 else ">"
        clients = f"{self.pooler.max_clients} clients (DB_POOLER_MAX_CLIENTS)"
        return [
            f"pooler: {clients}, {self.pooler.explain_servers()} on the server",
            f"server: {sum_} {sign} {self.max_connections}",
        ]

    def _verdict(self) -> str:
        if self.pooler and self.server_headroom < 0:
            return f"does not fit: {-self.server_headroom} too many on the server. {self.remedy()}"
        needed = self.total + self.kept_free
        sum_ = f"{self.total} + {self.kept_free} = {needed}"
        if self.fits:
            return f"fits: {sum_} <= {self.limit}, {self.headroom} to spare"
        return (
            f"does not fit: {sum_} > {self.limit}, {needed - self.limit} too many. {self.remedy()}"
        )

    def _rolling_verdict(self) -> str:
        sum_ = f"2 x {self.total} + {self.kept_free} = {self.rolling_total}"
        if self.rolling_total <= self.limit:
            return f"rolling deploy: {sum_} <= {self.limit}, fits"
        return (
            f"rolling deploy: {sum_} > {self.limit}, {self.rolling_total - self.limit} too many: "
            "stop the old fleet before the new one starts"
        )


def _role_report(role: Role, live: Mapping[str, int] | None) -> RoleReport:
    return RoleReport(
        role=role.name,
        processes=role.started,
        per_process=role.per_process,
        main=role.main,
        overlap=role.overlap,
        peak=role.peak,
        live=None if live is None else live.get(role.name, 0),
    )


def budget_from_environment(environ: Mapping[str, str], declared: Iterable[Role]) -> Budget:
    """The `declared` fleet, sized by the environment. Raises `VariableError`.

    More instances than processes is a contradiction. Where it also overcommits the server, the
    budget is returned all the same, for then its refusal, with the arithmetic, says more.
    """

    def read(variable: str, default: int, least: int) -> int:
        return whole_number(environ, variable, default=default, least=least, error=BudgetError)

    roles = roles_from_environment(environ, declared)
    reserve_roles = roles_from_environment(environ, (COMMAND,))
    check_names((*roles, *reserve_roles))
    budget = Budget(
        roles=roles,
        max_connections=read("DB_MAX_CONNECTIONS", default=100, least=1),
        operations_reserved=read("DB_RESERVED_CONNECTIONS", default=10, least=0),
        reserve_roles=reserve_roles,
        pooler=pooler_from_environment(environ, (*roles, *reserve_roles)),
    )
    if budget.fits:
        for role in (*budget.roles, *budget.reserve_roles):
            role.check_share()
    return budget
