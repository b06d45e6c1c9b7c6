"""Every client backend of a server, sampled from a superuser's own connection and thread."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import psycopg

PERIOD_SECONDS = 0.02
SAMPLER = "sampler"
_QUERY = b"""
SELECT coalesce(usename, ''), application_name, count(*) FROM pg_stat_activity
 WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() GROUP BY 1, 2
"""


@dataclass
class Seen:
    """The most of each at once, over all samples."""

    samples: int = 0
    by_role: Counter[str] = field(default_factory=Counter)
    fleet: int = 0
    """Connections of all roles together."""
    others: int = 0
    everybody: int = 0
    """All client backends, whoever opened them and those that still log in; not the sampler's."""
    pairs: set[tuple[str, str]] = field(default_factory=set)
    """Every login with every application_name it had; no login yet is the empty string."""

    def add(self, rows: list[tuple[str, str, int]], roles: Mapping[str, str]) -> None:
        by_role: Counter[str] = Counter()
        others = 0
        for login, name, count in rows:
            self.pairs.add((login, name))
            # Who still logs in has a name, but no login yet.
            role = roles.get(login) or (name if not login and name in roles.values() else None)
            if role is None:
                others += count
            else:
                by_role[role] += count
        self.samples += 1
        self.by_role |= by_role
        self.fleet = max(self.fleet, by_role.total())
        self.others = max(self.others, others)
        self.everybody = max(self.everybody, others + by_role.total())

    def text(self) -> str:
        by_role = ", ".join(f"{role} {most}" for role, most in sorted(self.by_role.items()))
        return (
            f"at most at once: {by_role}; the fleet {self.fleet}, others {self.others}, "
            f"everybody {self.everybody}; {self.samples} samples"
        )


class ServerSampler:
    """Samples while the block runs; `begin` starts counting afresh."""

    def __init__(self, url: str, roles: Mapping[str, str]) -> None:
        """`roles` by login."""
        self._connection = psycopg.connect(url, application_name=SAMPLER, autocommit=True)
        self._roles = roles
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name=SAMPLER)
        self.seen = Seen()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._thread.join()
        self._connection.close()

    def begin(self) -> None:
        self.seen = Seen()

    def end(self) -> Seen:
        """All since the beginning; the next begins."""
        seen = self.seen
        self.begin()
        return seen

    def _watch(self) -> None:
        while not self._stopped.wait(PERIOD_SECONDS):
            self.seen.add(self._connection.execute(_QUERY).fetchall(), self._roles)
