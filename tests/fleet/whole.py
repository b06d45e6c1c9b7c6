"""The whole default fleet: 21 processes and beat, each role with its own login."""

from __future__ import annotations

import re
import signal
from pathlib import Path

from config.fleet import FLEET
from connection_budget.budget.roles import Role
from tests.fleet.budgeted import logins, owners_url
from tests.fleet.fleet import Fleet
from tests.servers import ThrowAwayServer

# What is blank is as it comes.
AS_DECLARED = {role.variable("processes"): str(role.processes) for role in FLEET} | {
    "SWEEP_SECONDS": "",
    "LEASE_SECONDS": "",
}
ROLES: dict[str, Role] = {role.name: role for role in FLEET}
# Of a traceback, so many lines tell where it comes from.
TRACEBACK_LINES = 60
# What no role may say. “too many” is what a full server says, and a login at its limit.
PROBLEMS = re.compile(
    r"OperationalError|InterfaceError|[Tt]oo many|PoolTimeout|NoSeat|db_seat_refused|Traceback"
    r"|couldn't get a connection|deadlock|db_unit_orphaned|db_server_unreachable|slots_lost"
)


class WholeFleet(Fleet):
    """One generation of it."""

    def __init__(
        self, directory: Path, server: ThrowAwayServer, *, beside: Fleet | None, **variables: str
    ) -> None:
        directory.mkdir()
        variables = logins() | AS_DECLARED | variables
        super().__init__(directory, owners_url(server), beside, **variables)

    @property
    def port(self) -> int:
        """Of its web role."""
        return int(self._variables["PORT"])

    def retire(self, *roles: str) -> None:
        """Stop roles as a deploy does, all at once."""
        for role in roles:
            self.tell(role, signal.SIGTERM)
        for role in roles:
            self.await_end(role)

    def problems(self) -> list[str]:
        return [f"{role}: {found}" for role in ROLES for found in find_problems(self.log(role))]


def find_problems(log: str) -> list[str]:
    """Lines that should not be there; a traceback with what it tells."""
    lines = log.splitlines()
    return [
        "\n".join(lines[number : number + TRACEBACK_LINES]) if "Traceback" in line else line
        for number, line in enumerate(lines)
        if PROBLEMS.search(line)
    ]
