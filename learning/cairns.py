"""Piles of stones: how far somebody is, drawn. Pure SVG; colours are the style sheet's."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from zlib import crc32

# Higher piles fall over: where there are more parts, several share a stone.
MOST_STONES = 9
_STONE_HEIGHT, _WIDEST, _NARROWEST = 15, 96, 30

SMALL_STONES = 5
_CARD_WIDTH, _CARD_HEIGHT = 240, 56
_MOST_PEBBLES, _FEWEST_PEBBLES = 12, 4
CONCEPTS_A_PEBBLE = 4

Part = tuple[int, int]


def draw_cairn(parts: Sequence[Part], label: str) -> str:
    """A stone for each part, the first below: (through, total) of each fills it when it is whole.

    `label` says the same in words.
    """
    stones = list(_stones(_gathered(parts)))
    height = _STONE_HEIGHT * len(stones) + 8
    return (
        f'<svg class="cairn" viewBox="0 0 100 {height}" role="img" aria-label="{escape(label)}">'
        + "".join(
            f'<ellipse class="{state}" cx="{50 + lean}" cy="{height - 10 - _STONE_HEIGHT * place}"'
            f' rx="{width // 2}" ry="8"/>'
            for place, (state, width, lean) in enumerate(stones)
        )
        + "</svg>"
    )


def draw_small_cairn(through: int, total: int, label: str) -> str:
    """Where only two numbers are known, in a list."""
    shares = [
        _share(through * SMALL_STONES, total, place) if total else (0, 1)
        for place in range(SMALL_STONES)
    ]
    return draw_cairn(shares, label)


def _share(filled: int, total: int, place: int) -> Part:
    return min(max(filled - place * total, 0), total), total


def _gathered(parts: Sequence[Part]) -> list[Part]:
    """At most as many as make a pile, in their order."""
    size = math.ceil(len(parts) / MOST_STONES) or 1
    groups = [parts[start : start + size] for start in range(0, len(parts), size)]
    return [
        (sum(through for through, _ in group), sum(total for _, total in group)) for group in groups
    ] or [(0, 1)]


def _stones(parts: Sequence[Part]) -> Iterator[tuple[str, int, int]]:
    step = (_WIDEST - _NARROWEST) / max(1, len(parts) - 1)
    for place, (through, total) in enumerate(parts):
        state = "whole" if 0 < total <= through else "begun" if through else "open"
        yield state, round(_WIDEST - step * place), (0, -2, 2, 1)[place % 4]


def draw_card(seed: str, concepts: int, through: int = 0) -> str:
    """A roadmap in small: a way with a pebble for every few concepts, filled as far as somebody is.

    No two wind alike (`seed`). It says nothing that does not stand beside it, so it has no words.
    """
    count = max(_FEWEST_PEBBLES, min(_MOST_PEBBLES, round(concepts / CONCEPTS_A_PEBBLE)))
    filled = count * through // concepts if concepts else 0
    points = list(_wind(crc32(seed.encode()), count))
    way = "".join(f"{'M' if not place else 'L'}{x} {y}" for place, (x, y) in enumerate(points))
    pebbles = "".join(
        f'<circle class="{"whole" if place < filled else "open"}" cx="{x}" cy="{y}" r="5"/>'
        for place, (x, y) in enumerate(points)
    )
    return (
        f'<svg class="card-way" viewBox="0 0 {_CARD_WIDTH} {_CARD_HEIGHT}" aria-hidden="true">'
        f'<path d="{way}"/>{pebbles}{_end(finished=0 < concepts <= through)}</svg>'
    )


def _wind(seed: int, count: int) -> Iterator[tuple[int, int]]:
    step = (_CARD_WIDTH - 64) / (count - 1)
    for place in range(count):
        swing = 11 * math.sin(0.9 * place + seed % 7) + 7 * math.sin(0.5 * place + seed % 11)
        yield round(10 + step * place), round(_CARD_HEIGHT / 2 + swing)


def _end(*, finished: bool) -> str:
    """The cairn that the way leads to."""
    state, x = "whole" if finished else "open", _CARD_WIDTH - 24
    return "".join(
        f'<ellipse class="{state}" cx="{x}" cy="{y}" rx="{width}" ry="5"/>'
        for y, width in ((44, 18), (33, 13), (23, 8))
    )
