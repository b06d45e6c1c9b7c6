"""What a writer is told of a concept."""

from __future__ import annotations

from dataclasses import dataclass

# Of a version that is written anew: some 4,000 words. A tutorial has half of that.
EARLIER_MAX_CHARACTERS = 24_000


@dataclass(frozen=True)
class Neighbour:
    """A concept right before or after, whose ground a tutorial leaves alone."""

    title: str
    summary: str


@dataclass(frozen=True)
class ConceptBrief:
    """Everything a provider may know about the concept it writes for.

    `requires` and `path` (the concepts last read before it) are titles. `instruction` is what
    somebody wishes of a new version, as they typed it, and `earlier` what the version before it
    says; both are empty for the first one.
    """

    goal: str
    roadmap_title: str
    language: str
    level: str
    key: str
    title: str
    summary: str
    kind: str
    difficulty: int
    est_minutes: int
    objectives: tuple[str, ...]
    keywords: tuple[str, ...]
    requires: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    instruction: str = ""
    earlier: str = ""
