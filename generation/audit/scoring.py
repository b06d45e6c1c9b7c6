"""Precision and recall. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generation.audit.corpus import HALVES, Case

LEAST_PRECISION, LEAST_RECALL, LEAST_RECALL_OF_KIND = 0.90, 0.85, 0.70


@dataclass(frozen=True)
class Score:
    """Of flaws: found as they are there, found where there are none, and missed."""

    hits: int = 0
    false_alarms: int = 0
    misses: int = 0

    @property
    def count(self) -> int:
        return self.hits + self.misses

    @property
    def precision(self) -> float:
        found = self.hits + self.false_alarms
        return self.hits / found if found else 1.0

    @property
    def recall(self) -> float:
        return self.hits / self.count if self.count else 1.0


# A case, and what was found in it.
Judged = tuple[Case, set[str]]


def score(judged: Iterable[Judged], kind: str | None = None) -> Score:
    """Of one kind, or of all of them together."""
    hits = false_alarms = misses = 0
    for case, found in judged:
        there = set(case.flaws) & {kind} if kind else set(case.flaws)
        told = set(found) & {kind} if kind else set(found)
        hits += len(there & told)
        false_alarms += len(told - there)
        misses += len(there - told)
    return Score(hits, false_alarms, misses)


def kinds_of(judged: Iterable[Judged], sort: str) -> list[str]:
    return sorted({kind for case, _ in judged if case.sort == sort for kind in case.flaws})


def is_good_enough(judged: list[Judged]) -> bool:
    whole = score(judged)
    kinds = {(case.sort, kind) for case, _ in judged for kind in case.flaws}
    return (
        whole.precision >= LEAST_PRECISION
        and whole.recall >= LEAST_RECALL
        and all(
            score(_of_sort(judged, sort), kind).recall >= LEAST_RECALL_OF_KIND
            for sort, kind in kinds
        )
    )


def _of_sort(judged: list[Judged], sort: str) -> list[Judged]:
    return [one for one in judged if one[0].sort == sort]


def table(judged: list[Judged]) -> list[str]:
    """A row a kind, both halves beside each other; the last line is the sum."""
    rows = [f"{'':34}{'all':>18}{'blind':>18}{'seen':>18}"]
    for sort in ("quiz", "outlines", "tutorials"):
        mine = _of_sort(judged, sort)
        rows += [_row(f"{sort}: {kind}", mine, kind) for kind in kinds_of(mine, sort)]
        rows.append(_row(f"{sort}, all kinds", mine, None))
    rows.append(_row("everything", judged, None))
    whole = score(judged)
    clean = sum(not case.flaws for case, _ in judged)
    rows.append(f"{len(judged)} items, {clean} of them clean")
    rows.append(
        f"audit: precision {whole.precision:.2f} recall {whole.recall:.2f} of {whole.count}"
    )
    return rows


def _row(name: str, judged: list[Judged], kind: str | None) -> str:
    halves = [[one for one in judged if one[0].half == half] for half in HALVES]
    cells = [score(part, kind) for part in (judged, *halves)]
    told = (f"{one.precision:.2f} {one.recall:.2f} of {one.count:>3}" for one in cells)
    return f"{name:34}" + "".join(f"{cell:>18}" for cell in told)
