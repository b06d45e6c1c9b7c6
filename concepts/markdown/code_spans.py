"""Code within a line of markdown: what stands between two runs of as many backticks. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

_RUN_OR_END = re.compile(r"`+|\n")


def find_code_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each span starts and ends, backticks included.

    One walk over all runs: an expression that looks for each run's other half looks through the
    rest of the line for every run that has none.
    """
    line: list[tuple[int, int]] = []
    for found in _RUN_OR_END.finditer(text):
        if found[0] != "\n":
            line.append(found.span())
            continue
        yield from _spans_of_line(line)
        line = []
    yield from _spans_of_line(line)


def _spans_of_line(runs: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    places: dict[int, list[int]] = {}
    for place in reversed(range(len(runs))):
        start, end = runs[place]
        places.setdefault(end - start, []).append(place)
    free = 0
    for place, (start, end) in enumerate(runs):
        # Of its length, those that stand further on, the next one last.
        alike = places[end - start]
        alike.pop()
        if place >= free and alike:
            yield start, runs[alike[-1]][1]
            free = alike[-1] + 1


def replace_code_spans(text: str, by: str) -> str:
    parts, after = [], 0
    for start, end in find_code_spans(text):
        parts += [text[after:start], by]
        after = end
    return "".join([*parts, text[after:]])
