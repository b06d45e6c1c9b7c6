"""Process roles: how many database connections each kind of process can hold. No Django.

Connections are counted where they can really be opened (facts measured on Celery 5.7 and
Django 5.2, see README.md): by the threads of the worker processes, by the main process of a
prefork worker, and by the one child that may still be going while its successor starts.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from connection_budget.budget.environment import VariableError, whole_number


class RoleError(VariableError):
    """A ROLE_… variable is not a number, too small, or contradicts another one."""


# As PostgreSQL keeps an application_name: ASCII, cut after 63.
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,63}")


def _is_at_least(least: int, number: object) -> bool:
    return isinstance(number, int) and number >= least


@dataclass(frozen=True)
class RoleKind:
    """What every process of a kind holds beyond the connections it is configured for."""

    extra_connections: int = 0
    """Connections each process opens for itself, such as a sampler's."""
    has_main: bool = False
    """A parent process (Celery's MainProcess) writes too, and replaces children one at a time."""
    main_thread: int = 0
    """Connections of the main thread, where it queries beside the lanes and keeps its own."""
    serves_pages: bool = False
    """Its connections are a pool's, and requests borrow them."""

    def __post_init__(self) -> None:
        for quantity in ("extra_connections", "main_thread"):
            if not _is_at_least(0, number := getattr(self, quantity)):
                raise RoleError(f"RoleKind.{quantity}", repr(number), "0 or more is wanted")


WEB = RoleKind(extra_connections=1, serves_pages=True)
PREFORK = RoleKind(has_main=True)
SINGLE = RoleKind()
COMMANDS = RoleKind(main_thread=1)


@dataclass(frozen=True)
class Role:
    """Processes of one kind in the whole fleet, spread over `instances` hosts or containers.

    `connections` is what one process may use for its work: the pool's maximum, or its lanes.
    `processes` is what was asked for. Every instance starts the same number, so what counts is
    `started`. Raises `RoleError` when a number is below 1, and for a name that no server shows as
    it is.
    """

    name: str
    connections: int
    processes: int
    instances: int = 1
    kind: RoleKind = field(kw_only=True)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            wanted = "1 to 63 of a-z, A-Z, 0-9, _, - and . are wanted: PostgreSQL shows no others"
            raise RoleError("Role.name", repr(self.name), wanted)
        for quantity in ("connections", "processes", "instances"):
            if not _is_at_least(1, number := getattr(self, quantity)):
                raise RoleError(self.variable(quantity), repr(number), "1 or more is wanted")

    @property
    def per_instance(self) -> int:
        """Processes each instance starts: its share, rounded up so that none is missing."""
        return -(-self.processes // self.instances)

    @property
    def started(self) -> int:
        """Processes that all instances together start."""
        return self.per_instance * self.instances

    @property
    def per_process(self) -> int:
        """Connections one process can hold at most."""
        return self.connections + self.kind.extra_connections + self.kind.main_thread

    @property
    def main(self) -> int:
        """Connections of the main processes: one for each instance that has one."""
        return self.instances if self.kind.has_main else 0

    @property
    def overlap(self) -> int:
        """Processes that can be alive beside their successor: one a main process."""
        return self.instances if self.kind.has_main else 0

    @property
    def peak(self) -> int:
        """The most connections the role can hold at once, in the whole fleet."""
        return (self.started + self.overlap) * self.per_process + self.main

    def variable(self, quantity: str) -> str:
        """The environment variable that sets `quantity`: ROLE_WEB_PROCESSES.

        No shell sets one with a hyphen or a dot in its name: `web-api` is ROLE_WEB_API_PROCESSES.
        """
        name = self.name.replace("-", "_").replace(".", "_")
        return f"ROLE_{name}_{quantity}".upper()

    def explain(self) -> str:
        """The arithmetic behind `peak`, on one line."""
        return (
            f"{self.name}: ({self.started} processes + {self.overlap} overlap) "
            f"x {self.per_process} + {self.main} main = {self.peak}{self._rounding()}"
        )

    def check_share(self) -> None:
        """Raise `RoleError` when fewer processes are asked for than there are instances."""
        if self.processes < self.instances:
            raise RoleError(
                self.variable("processes"),
                self.processes,
                f"each of the {self.instances} instances ({self.variable('instances')}) needs at "
                f"least one process, so {self.instances} or more is wanted",
            )

    def _rounding(self) -> str:
        if self.started == self.processes:
            return ""
        return (
            f" ({self.variable('processes')} = {self.processes}, but each of "
            f"{self.instances} instances starts {self.per_instance})"
        )


# Management commands: outside the fleet, they live from the operations reserve.
COMMAND = Role("command", connections=1, processes=1, kind=COMMANDS)


def roles_from_environment(
    environ: Mapping[str, str], declared: Iterable[Role]
) -> tuple[Role, ...]:
    """The `declared` roles with the sizes that ROLE_<ROLE>_… give. Raises `RoleError`."""
    return tuple(_sized(role, environ) for role in declared)


def check_names(roles: Iterable[Role]) -> None:
    """Raise `RoleError` where two roles are one for whoever says PROCESS_ROLE or sizes them."""
    seen: dict[str, Role] = {}
    for role in roles:
        other = seen.setdefault(role.variable("processes"), role)
        if other is not role:
            wanted = f"there is {other.name!r} already, and each needs a name of its own"
            raise RoleError("Role.name", repr(role.name), wanted)


def _sized(role: Role, environ: Mapping[str, str]) -> Role:
    def size(quantity: str, default: int) -> int:
        variable = role.variable(quantity)
        return whole_number(environ, variable, default=default, least=1, error=RoleError)

    return replace(
        role,
        connections=size("connections", role.connections),
        processes=size("processes", role.processes),
        instances=size("instances", role.instances),
    )
