"""What is asked for: a goal, and how one wants to learn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import ceil, floor
from typing import Any, Self

# Without a wish, this many concepts make a roadmap; a wish is met within a quarter.
DEFAULT_CONCEPTS = (24, 60)
TOLERANCE = 0.25
# A goal this small may do with one stage.
TINY_CONCEPTS = 6


@dataclass(frozen=True)
class OutlineRequest:
    """What a learner asked for; None where the provider may choose.

    `plan_first`: they wish to see the plan before anything of it is written. `planned`: so many
    concepts has the plan from which they wish for another.
    """

    goal: str
    level: str | None = None
    language: str | None = None
    hours_per_week: int | None = None
    target_date: date | None = None
    concepts: int | None = None
    plan_first: bool = False
    planned: int | None = None

    @property
    def wanted(self) -> tuple[int, int]:
        """The least and the most concepts that answer it. Half or twice of a plan there is does as
        well: who leaves out most of one does not want it filled up again."""
        least, most = wanted_range(self.concepts)
        if self.planned is None:
            return least, most
        return min(least, max(1, self.planned // 2)), max(most, 2 * self.planned)

    def options(self) -> dict[str, Any]:
        """Everything but the goal, as JSON can hold it."""
        wishes: dict[str, Any] = {
            "level": self.level,
            "language": self.language,
            "hours_per_week": self.hours_per_week,
            "target_date": self.target_date.isoformat() if self.target_date else None,
            "concepts": self.concepts,
        }
        # Only where it is wished: the same wishes are the same order, also as older rows hold them.
        return wishes | ({"plan_first": True} if self.plan_first else {})

    @classmethod
    def from_options(cls, goal: str, options: Mapping[str, Any]) -> Self:
        target = options.get("target_date")
        return cls(
            goal=goal,
            level=options.get("level"),
            language=options.get("language"),
            hours_per_week=options.get("hours_per_week"),
            target_date=date.fromisoformat(target) if target else None,
            concepts=options.get("concepts"),
            plan_first=bool(options.get("plan_first")),
        )


def wanted_range(concepts: int | None) -> tuple[int, int]:
    """The least and the most concepts that answer a wish."""
    if concepts is None:
        return DEFAULT_CONCEPTS
    return max(1, ceil(concepts * (1 - TOLERANCE))), floor(concepts * (1 + TOLERANCE))
