"""What else /health tells: other apps register a probe for it.

Probes run in a thread of their own, so one that waits for its server holds up nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connection_budget.logs import get_logger

log = get_logger(__name__)

# Between two rounds.
SECONDS = 5.0


@dataclass(frozen=True)
class Probe:
    name: str
    ask: Callable[[], Any]
    unknown: Any
    """What is shown until the first answer, and when `ask` raises."""
    in_health: bool = True


_probes: dict[str, Probe] = {}


def register_probe(
    name: str, ask: Callable[[], Any], *, unknown: Any, in_health: bool = True
) -> None:
    """Show what `ask` returns (JSON, within a second or two) as `name` in /health.

    What is not `in_health` is for `Probing.answer` alone: pages of staff, say.
    """
    _probes[name] = Probe(name, ask, unknown, in_health)


class Probing:
    """The latest answers. `ask_all` fills them in."""

    def __init__(self) -> None:
        self._answers: dict[str, Any] = {}
        self._failing: set[str] = set()

    def answers(self) -> dict[str, Any]:
        """What /health tells."""
        return {name: self.answer(name) for name, probe in _probes.items() if probe.in_health}

    def answer(self, name: str) -> Any:
        """The latest answer of one probe. Raises KeyError where there is none of that name."""
        return self._answers.get(name, _probes[name].unknown)

    def ask_all(self) -> None:
        for probe in list(_probes.values()):
            self._answers[probe.name] = self._ask(probe)

    def _ask(self, probe: Probe) -> Any:
        try:
            answer = probe.ask()
        except Exception as error:  # noqa: BLE001 - whatever a probe raises, health must answer
            if probe.name not in self._failing:
                log.warning("health_probe_failed", probe=probe.name, error=repr(error))
            self._failing.add(probe.name)
            return probe.unknown
        self._failing.discard(probe.name)
        return answer
