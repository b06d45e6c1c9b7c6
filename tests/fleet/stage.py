"""Where the default fleet plays: its server, its generations, a roadmap to read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.fleet.budgeted import DATABASE, LOGINS, server_problems
from tests.fleet.learners import Learners
from tests.fleet.sampling import ServerSampler
from tests.fleet.whole import ROLES, WholeFleet
from tests.generation.cast import make_outline
from tests.learning.library import QuickProvider, concept_page, make_ready
from tests.servers import ThrowAwayServer

CONCEPTS = 50
DELAY_SECONDS = 2.0
"""The longest of a model call."""
LEARNERS_A_SECOND = 15
LEARNERS_INSIDE = 12


class Stage:
    """Roles that run, and who of them may be replaced by a successor of itself."""

    def __init__(
        self,
        server: ThrowAwayServer,
        sampler: ServerSampler,
        directory: Path,
        stack: ExitStack,
        *,
        delay_seconds: float,
    ) -> None:
        self.server = server
        self.sampler = sampler
        self.calls = directory / "calls"
        """A line for each call of the provider."""
        self.end = directory / "end"
        """While there is no such file, the last quarter of the concepts is not written."""
        self._directory = directory
        self._provider = {
            "FLEET_CONCEPTS": str(CONCEPTS),
            "FLEET_DELAY_SECONDS": str(delay_seconds),
            "FLEET_CALLS": str(self.calls),
            "FLEET_END": str(self.end),
        }
        self._stack = stack
        self._fleets: list[WholeFleet] = []
        self._homes: dict[str, WholeFleet] = {}
        self._told: set[str] = set()
        self.pages = _pages_of_a_ready_roadmap()

    @property
    def fleet(self) -> WholeFleet:
        """One that runs."""
        return self._fleets[-1]

    def start(self, *roles: str) -> None:
        """Have a generation of these roles run; the one before goes on."""
        fleet = self._stack.enter_context(
            WholeFleet(
                self._directory / f"generation-{len(self._fleets) + 1}",
                self.server,
                beside=self._fleets[0] if self._fleets else None,
                **self._provider,
            )
        )
        self._fleets.append(fleet)
        fleet.start(*roles)

    def settle(self, *roles: str) -> None:
        """The generation started last is enough: of these roles those before stop."""
        for home in {self._homes[role] for role in roles if role in self._homes}:
            home.retire(*(role for role in roles if self._homes[role] is home))
        self._homes |= dict.fromkeys(roles, self.fleet)

    def web_ports(self) -> list[int]:
        """Where pages are had: of the generation that settled, and of one that has just come."""
        return [fleet.port for fleet in self._fleets if "web" in fleet.running]

    def learners(self) -> Learners:
        """They read the ready roadmap, unless told of more pages."""
        return Learners(
            self.web_ports(), list(self.pages), rate=LEARNERS_A_SECOND, most_inside=LEARNERS_INSIDE
        )

    def new_problems(self) -> list[str]:
        """Whatever was logged, by any role or the server, that should not have been; each once."""
        by_roles = [problem for fleet in self._fleets for problem in fleet.problems()]
        found = [one for one in by_roles + server_problems(self.server) if one not in self._told]
        self._told.update(found)
        return found


def _pages_of_a_ready_roadmap() -> list[str]:
    outline = make_outline(CONCEPTS)
    run = make_ready(QuickProvider(outline))
    return [concept_page(run, concept.key) for concept in outline.concepts()]


@contextmanager
def open_stage(
    server: ThrowAwayServer,
    directory: Path,
    *,
    delay_seconds: float = DELAY_SECONDS,
    roles: Collection[str] = tuple(ROLES),
) -> Iterator[Stage]:
    """The whole fleet runs, or these roles of it."""
    with ExitStack() as stack:
        roles_of = {login: role for role, login in LOGINS.items()}
        url = server.url(database=DATABASE)
        sampler = stack.enter_context(ServerSampler(url, roles_of))
        stage = Stage(server, sampler, directory, stack, delay_seconds=delay_seconds)
        stage.start(*roles)
        stage.settle(*roles)
        yield stage
