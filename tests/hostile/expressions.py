"""Regular expressions, used as their modules use them."""

from __future__ import annotations

import inspect
import re
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

from tests.hostile.building import Text
from tests.hostile.collecting import Pattern, find_patterns, is_below, walk_modules
from tests.hostile.measuring import LONG, LOOP_SECONDS, Run, find_fault
from tests.hostile.reasons import NOT_LONGER_THAN, PASSED_OVER

# More of one expression tell no more, and each takes its time.
MOST_FAULTS = 3
# All others look everywhere in a text.
_AT_ONE_PLACE = ("match", "fullmatch")


def find_all() -> Iterator[tuple[Pattern, set[str]]]:
    """Each once, with the ways in which it is used."""
    seen: set[re.Pattern[str]] = set()
    for module in walk_modules(PASSED_OVER):
        for pattern in find_patterns(module):
            if pattern.expression not in seen and not is_below(pattern.name, PASSED_OVER):
                seen.add(pattern.expression)
                yield pattern, ways_of(pattern.name, inspect.getsource(module))


def ways_of(name: str, source: str) -> set[str]:
    """One that only its own module knows, by its name, is used as it is there; any other in every
    way."""
    short = name.rpartition(".")[2]
    uses = re.findall(rf"(?<![\w.]){re.escape(short)}\b(?!\s*=)(?:\.(\w+)\()?", source)
    is_known = re.fullmatch(r"_[A-Z_]+", short) and uses
    return set(uses) if is_known and all(uses) else {"search", "fullmatch"}


def faults_of(pattern: Pattern, texts: dict[str, Text], ways: set[str]) -> Iterator[str]:
    yield from islice(_faults_of(pattern, texts, ways), MOST_FAULTS)


def _faults_of(pattern: Pattern, texts: dict[str, Text], ways: set[str]) -> Iterator[str]:
    longest = NOT_LONGER_THAN.get(pattern.name, (LONG, ""))[0]
    for name, text in texts.items():
        for use in _uses(pattern.expression, ways):
            if fault := find_fault(_on(use, text), most_seconds=LOOP_SECONDS, longest=longest):
                yield f"{pattern.name}, {name}: {fault}"


def _uses(expression: re.Pattern[str], ways: set[str]) -> Iterator[Callable[[str], object]]:
    def everywhere(text: str) -> object:
        return deque(expression.finditer(text), maxlen=0)

    for way in _AT_ONE_PLACE:
        if way in ways:
            yield getattr(expression, way)
    if ways - set(_AT_ONE_PLACE):
        yield everywhere


def _on(use: Callable[[str], object], text: Text) -> Run:
    return lambda length: partial(use, text(length))
