"""Regular expressions, used in every way that a module may use them."""

from __future__ import annotations

import inspect
import re
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial

from tests.hostile.building import Text
from tests.hostile.collecting import Pattern, find_patterns, walk_modules
from tests.hostile.measuring import LOOP_SECONDS, Run, find_fault
from tests.hostile.reasons import PASSED_OVER


def find_all() -> Iterator[tuple[Pattern, bool]]:
    """Each once, with whether its module asks for the whole of a text."""
    seen: set[re.Pattern[str]] = set()
    for module in walk_modules(PASSED_OVER):
        source = inspect.getsource(module)
        for pattern in find_patterns(module):
            if pattern.expression not in seen:
                seen.add(pattern.expression)
                yield pattern, "fullmatch" in source


def faults_of(pattern: Pattern, texts: dict[str, Text], *, whole: bool) -> Iterator[str]:
    for name, text in texts.items():
        for use in _uses(pattern.expression, whole=whole):
            if fault := find_fault(_on(use, text), most_seconds=LOOP_SECONDS):
                yield f"{pattern.name}, {name}: {fault}"


def _uses(expression: re.Pattern[str], *, whole: bool) -> list[Callable[[str], object]]:
    def everywhere(text: str) -> object:
        return deque(expression.finditer(text), maxlen=0)

    return [everywhere, expression.fullmatch] if whole else [everywhere]


def _on(use: Callable[[str], object], text: Text) -> Run:
    return lambda length: partial(use, text(length))
