"""A roadmap as a way: stages are stones on it, concepts pebbles beside it, modules words across it.

Pure arithmetic, an SVG of links; no style, no script. Colours and fonts are the style sheet's, what
it says is told by whoever calls. Titles may be of any length and script: here they are cut to what
there is room for, and whole in each link's title.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from itertools import pairwise

WIDTH, CENTRE = 960, 480
ROW, STONE_HEIGHT, AFTER_STONE, BEFORE_STONE = 44, 62, 44, 26
# In columns: an ideograph takes two, and so does a W.
CONCEPT_COLUMNS, MODULE_COLUMNS, STAGE_COLUMNS = 46, 40, 46
# As many pebbles as can be looked over; of more, those of the stage in work are shown.
MOST_CONCEPTS = 120
END_HEIGHT = 56
_NARROW_STONE, _COLUMN = 150, 5.4


@dataclass(frozen=True, slots=True)
class ConceptNode:
    """`state` is a class of the style sheet and names a sign; `words` say the same."""

    title: str
    address: str
    state: str
    words: str
    is_next: bool = False


@dataclass(frozen=True, slots=True)
class ModuleNode:
    title: str
    address: str
    words: str
    state: str = "open"
    concepts: Sequence[ConceptNode] = ()


@dataclass(frozen=True, slots=True)
class StageNode:
    """`in_work`: its concepts are shown even where there are too many in all."""

    title: str
    address: str
    words: str
    state: str = "open"
    modules: Sequence[ModuleNode] = ()
    in_work: bool = False


@dataclass
class _Canvas:
    """What is drawn so far, and where the way has got to."""

    parts: list[str] = field(default_factory=list)
    way: list[tuple[int, int]] = field(default_factory=lambda: [(CENTRE, 0)])
    y: int = 0
    side: int = -1

    def down(self, rows: int, x: int = CENTRE) -> tuple[int, int]:
        self.y += rows
        self.way.append((x, self.y))
        return x, self.y


# Signs of the pebbles, each drawn once; the words beside them say the same.
_SIGNS = {
    "done": '<path d="M-4 0l3 4 6-8"/>',
    "known": '<path d="M-4 0l3 4 6-8"/>',
    "skipped": '<path d="M-5-4l4 4-4 4M1-4l4 4-4 4"/>',
    "changed": '<path d="M4-3a5 5 0 1 0 1 4M5-6v4h-4"/>',
    "ready": "",
    "partly": '<path d="M0-8a11 8 0 0 1 0 16z"/>',
    "running": '<path d="M-4 4l1-3 6-6 2 2-6 6z"/>',
    "queued": "",
    "planning": '<path d="M-6 0h2M-1 0h2M4 0h2"/>',
    "failed": '<path d="M-3-3l6 6M3-3l-6 6"/>',
}


def draw_way(stages: Sequence[StageNode], label: str, *, mirrored: bool = False) -> str:
    """The whole picture; `mirrored` begins on the other side, as pages do that run to the left."""
    total = sum(len(module.concepts) for stage in stages for module in stage.modules)
    canvas = _Canvas(side=1 if mirrored else -1)
    for stage in stages:
        _draw_stage(canvas, stage, all_of_it=total <= MOST_CONCEPTS or stage.in_work)
    end = _end(*canvas.down(BEFORE_STONE), stages)
    used = {node.state for stage in stages for part in stage.modules for node in part.concepts}
    size = f"0 0 {WIDTH} {canvas.y + END_HEIGHT}"
    return (
        f'<svg class="way" viewBox="{size}" direction="ltr" role="group"'
        f' aria-label="{escape(label)}">'
        f"<defs>{''.join(_define(state) for state in sorted(used & _SIGNS.keys()))}</defs>"
        f'<path class="path" d="{_wind(canvas.way)}"/>{"".join(canvas.parts)}{end}</svg>'
    )


def _end(x: int, y: int, stages: Sequence[StageNode]) -> str:
    """The cairn that the way leads to: it stands when all stages lie behind."""
    state = "whole" if stages and all(stage.state == "whole" for stage in stages) else "open"
    stones = "".join(
        f'<ellipse class="{state}" cx="{x}" cy="{y + below}" rx="{width}" ry="8"/>'
        for below, width in ((44, 40), (30, 29), (16, 18))
    )
    return f'<g class="cairn">{stones}</g>'


def _define(state: str) -> str:
    return f'<g id="p-{state}" class="p-{state}"><ellipse rx="11" ry="8"/>{_SIGNS[state]}</g>'


def _wind(points: list[tuple[int, int]]) -> str:
    """Through all points, upright at each: half of the way down it has turned half.

    `s` takes up the direction in which the turn before has ended, and counts from there.
    """
    turns = [f"M{points[0][0]} {points[0][1]}"]
    for (x, y), (next_x, next_y) in pairwise(points):
        aside, down = next_x - x, next_y - y
        end = f"{aside} {down}"
        turns.append(f"s{aside} {down - down // 2}{'' if aside < 0 else ' '}{end}")
    return "".join(turns)


def _draw_stage(canvas: _Canvas, stage: StageNode, *, all_of_it: bool) -> None:
    x, y = canvas.down(BEFORE_STONE + STONE_HEIGHT // 2)
    shown, columns = cut(stage.title, STAGE_COLUMNS)
    half = max(_NARROW_STONE, round(columns * _COLUMN) + 36)
    canvas.parts.append(
        f'<a class="stone {stage.state}" href="{escape(stage.address)}"'
        f' transform="translate({x} {y})">'
        f"<title>{escape(stage.title)}: {escape(stage.words)}</title>"
        f'<path d="{_stone(half)}"/><text y="-4">{escape(shown)}'
        f'<tspan x="0" dy="21">{escape(stage.words)}</tspan></text></a>'
    )
    canvas.down(STONE_HEIGHT // 2)
    for place, module in enumerate(stage.modules):
        canvas.y += AFTER_STONE if place == 0 else ROW + 8
        _draw_module(canvas, module, all_of_it=all_of_it)
        canvas.side = -canvas.side
    canvas.down(STONE_HEIGHT // 2)


def _stone(half: int) -> str:
    """As water leaves it: wide, flat, a little crooked."""
    top, shoulder = STONE_HEIGHT // 2, round(half * 0.62)
    return (
        f"M-{half} 3C-{half}-{top - 6}-{shoulder}-{top} 0-{top}"
        f"S{half}-{top - 4} {half} 1 {shoulder + 8} {top} 0 {top}-{half} {top - 5}-{half} 3z"
    )


def _draw_module(canvas: _Canvas, module: ModuleNode, *, all_of_it: bool) -> None:
    """Its name stands across the way from its concepts; alone, it is a pebble itself."""
    shown, _ = cut(module.title, MODULE_COLUMNS)
    if not (all_of_it and module.concepts):
        x = CENTRE + canvas.side * 44
        canvas.down(0, x)
        canvas.parts.append(
            _module_link(module, shown, x + canvas.side * 20, canvas.y, canvas.side, alone=True)
        )
        return
    across = -canvas.side
    canvas.parts.append(_module_link(module, shown, CENTRE + across * 40, canvas.y, across))
    canvas.parts.append(f'<g class="{"left" if canvas.side < 0 else "right"}">')
    for place, (concept, x) in enumerate(zip(module.concepts, _bend(canvas, module), strict=True)):
        canvas.down(ROW if place else 0, x)
        canvas.parts.append(_concept_link(concept, x, canvas.y, 20 * canvas.side))
    canvas.parts.append("</g>")


def _bend(canvas: _Canvas, module: ModuleNode) -> Iterator[int]:
    count = len(module.concepts)
    for place in range(count):
        yield CENTRE + canvas.side * round(34 + 50 * math.sin(math.pi * (place + 0.5) / count))


def _module_link(
    module: ModuleNode, shown: str, x: int, y: int, side: int, *, alone: bool = False
) -> str:
    pebble = f'<circle cx="{-20 * side}" cy="-4" r="9"/>' if alone else ""
    note = f'<tspan x="0" dy="17">{escape(module.words)}</tspan>' if alone else ""
    return (
        f'<a class="module {"left" if side < 0 else "right"} {module.state}"'
        f' href="{escape(module.address)}" transform="translate({x} {y + 4})">'
        f"<title>{escape(module.title)}: {escape(module.words)}</title>"
        f"{pebble}<text>{escape(shown)}{note}</text></a>"
    )


def _concept_link(concept: ConceptNode, x: int, y: int, offset: int) -> str:
    shown, _ = cut(concept.title, CONCEPT_COLUMNS)
    ring = '<ellipse class="ring" rx="16" ry="13"/>' if concept.is_next else ""
    step = ' aria-current="step"' if concept.is_next else ""
    return (
        f'<a href="{escape(concept.address)}" class="{concept.state}"{step}'
        f' transform="translate({x} {y})"><title>{escape(concept.title)}: {escape(concept.words)}'
        f'</title>{ring}<use href="#p-{concept.state}"/><text x="{offset}" y="3">{escape(shown)}'
        f'<tspan x="{offset}" dy="16">{escape(concept.words)}</tspan></text></a>'
    )


def cut(text: str, columns: int) -> tuple[str, int]:
    """As much of a text as so many columns hold, never half a sign; and how many it takes."""
    if text.isascii() and (whole := len(text) + sum(map(text.count, _WIDE))) <= columns:
        return text, whole
    taken, last = 0, 0
    for place, sign in enumerate(text):
        width = _columns(sign)
        if taken + width > columns:
            return text[: _whole(text, last)].rstrip() + "…", taken + 1
        if taken + width <= columns - 1:
            last = place + 1
        taken += width
    return text, taken


# Latin letters that take as much room as an ideograph, or nearly.
_WIDE = "MWmw@%…—"


@lru_cache(4_096)
def _columns(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if sign in _WIDE or unicodedata.east_asian_width(sign) in "WF" else 1


_JOINER = "\u200d"


def _whole(text: str, end: int) -> int:
    """The last place up to `end` where no sign is torn: accents, joined emoji, flags."""
    while end > 0 and _is_torn(text, end):
        end -= 1
    return end


def _is_torn(text: str, end: int) -> bool:
    if end >= len(text):
        return False
    before, after = text[end - 1], text[end]
    if before == _JOINER or _columns(after) == 0 or "\U0001f3fb" <= after <= "\U0001f3ff":
        return True
    flags = 0
    while flags < end and _is_flag(text[end - 1 - flags]):
        flags += 1
    return _is_flag(after) and flags % 2 == 1


def _is_flag(sign: str) -> bool:
    return "\U0001f1e6" <= sign <= "\U0001f1ff"
