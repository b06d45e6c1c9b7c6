"""Columns of a chart, measured in whole numbers for an SVG that a template draws. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 120
GAP = 4


@dataclass(frozen=True)
class Column:
    """`label` is short; `parts` are amounts by what they are, from the bottom up."""

    label: str
    parts: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        return sum(amount for _, amount in self.parts)


@dataclass(frozen=True)
class Rect:
    kind: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Chart:
    columns: tuple[Column, ...]
    rects: tuple[Rect, ...]
    most: int
    """The tallest column: the top of the scale."""

    @property
    def total(self) -> int:
        return sum(column.total for column in self.columns)


def draw(columns: Sequence[Column]) -> Chart:
    most = max((column.total for column in columns), default=0)
    step = WIDTH // max(1, len(columns))
    rects = [
        rect
        for place, column in enumerate(columns)
        for rect in _stack(column, x=place * step + GAP // 2, width=step - GAP, most=most)
    ]
    return Chart(tuple(columns), tuple(rects), most)


def _stack(column: Column, *, x: int, width: int, most: int) -> list[Rect]:
    """What is there is seen: no part is thinner than two units."""
    rects, top = [], HEIGHT
    for kind, amount in column.parts:
        if amount:
            height = min(top, max(2, round(amount * HEIGHT / most)))
            top -= height
            rects.append(Rect(kind, x, top, width, height))
    return rects


def share(part: int, whole: int, *, of: int = 100) -> int:
    """How many of `of` units `part` takes; never more than there are."""
    return min(of, round(part * of / whole)) if whole > 0 else 0
