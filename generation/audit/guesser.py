"""A player who sees the choices alone, and what they get right by their shape. Pure.

On a roadmap's single-choice questions nobody should do much better than chance without having read
what is asked.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log
from statistics import mean

from concepts.lint.flaws.item import Choice, Item
from roadmaps.text import word_overlap

# Fewer questions prove nothing.
LEAST_QUESTIONS = 80
# A player who is so much above chance, and so surely, has found what gives the key away.
MOST_ABOVE_CHANCE, LEAST_DOUBT = 0.10, 0.01

Choices = tuple[Choice, ...]
_QUALIFIES = re.compile(
    r"[,;(]|\b(?:because|since|so that|if|unless|only|when|while|which|whose|but|and then|although"
    r"|before|after|until|porque|para que|si|cuando|aunque|weil|damit|wenn|obwohl)\b"
    r"|[，；（]|因为|如果|所以|但是|并且|只有|虽然"
)


def _length(choices: Choices, place: int) -> float:
    """As eyes see it: in steps of a tenth."""
    return round(log(max(len(choices[place].text), 1), 1.1))


def _qualifiers(choices: Choices, place: int) -> float:
    return len(_QUALIFIES.findall(choices[place].prose))


def _likeness(choices: Choices, place: int) -> float:
    """In steps of a tenth, too."""
    others = [one for number, one in enumerate(choices) if number != place]
    alike = mean(word_overlap(choices[place].plain, one.plain) for one in others)
    return round(alike, 1)


def _oddness(choices: Choices, place: int) -> float:
    return -_likeness(choices, place)


def _shortness(choices: Choices, place: int) -> float:
    return -_length(choices, place)


_BY_SHAPE: dict[str, Callable[[Choices, int], float]] = {
    "the longest": _length,
    "the shortest": _shortness,
    "the most qualified": _qualifiers,
    "the odd one out": _oddness,
    "the one most like the others": _likeness,
}


@dataclass(frozen=True)
class Guess:
    """How one way of guessing did; `doubt`: how likely chance alone does as well."""

    way: str
    hits: int
    count: int
    chance: float
    doubt: float

    @property
    def gives_away(self) -> bool:
        return self.hits / self.count > self.chance + MOST_ABOVE_CHANCE and self.doubt < LEAST_DOUBT

    def __str__(self) -> str:
        share = f"{self.hits} of {self.count} ({self.hits / self.count:.0%})"
        return f"{self.way}: {share}, by chance {self.chance:.0%}, p = {self.doubt:.3f}"


def guess_all(items: Sequence[Item]) -> list[Guess]:
    """Each way of guessing over the single-choice questions, in the order they were written in."""
    asked = [one for one in items if one.type == "single" and len(one.right) == 1]
    if len(asked) < LEAST_QUESTIONS:
        raise ValueError(f"{len(asked)} questions; {LEAST_QUESTIONS} are the least")
    chances = [1 / len(one.choices) for one in asked]
    picks = {way: [_pick(one.choices, shape) for one in asked] for way, shape in _BY_SHAPE.items()}
    for place in range(max(len(one.choices) for one in asked)):
        picks[f"number {place + 1}"] = [min(place, len(one.choices) - 1) for one in asked]
    hits = {
        way: sum(one.choices[place].is_correct for one, place in zip(asked, places, strict=True))
        for way, places in picks.items()
    }
    return [
        Guess(way, count, len(asked), mean(chances), tail(chances, count))
        for way, count in hits.items()
    ]


def _pick(choices: Choices, shape: Callable[[Choices, int], float]) -> int:
    """Where several are alike, one that neither their order nor their shape decides on."""
    return max(range(len(choices)), key=lambda place: (shape(choices, place), _lot(choices[place])))


def _lot(choice: Choice) -> bytes:
    return hashlib.sha256(choice.text.encode("utf-8", "replace")).digest()


def tail(chances: Sequence[float], hits: int) -> float:
    """How likely so many hits or more are, exactly: binomial where all chances are the same."""
    exactly = [1.0]
    for chance in chances:
        missed = [one * (1 - chance) for one in exactly] + [0.0]
        met = [0.0] + [one * chance for one in exactly]
        exactly = [one + other for one, other in zip(missed, met, strict=True)]
    return min(sum(exactly[hits:]), 1.0)
