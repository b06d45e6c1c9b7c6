"""Characters that were lost before an answer came: a server that cuts them in two between tokens
puts � in the place of each half. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypeVar

from generation.providers.openai.asking import Attempt
from generation.providers.thoughts.marks import find_in_prose

T = TypeVar("T")

_LOST = re.compile("\ufffd")
# Of a hundred characters; with more of them lost nobody can read the rest.
MOST_LOST = 1
# Whoever lost fewer of them is the better answer, however long it takes to learn.
WEIGHT = 10_000


def note_losses(tried: Attempt[T], text: str) -> Attempt[T]:
    """Few are a regret: the answer is asked for once more, and nothing fails for them. In code they
    may be what is spoken of."""
    count = sum(1 for _ in find_in_prose(_LOST, text))
    if not count:
        return tried
    reason = (
        f"it holds \ufffd (U+FFFD) {count} times, where characters were lost on their way (emoji "
        "and rare signs are): write it without those"
    )
    if 100 * count > MOST_LOST * len(text):
        return replace(tried, problems=[*tried.problems, reason])
    return replace(tried, regrets=[*tried.regrets, reason], weight=tried.weight + WEIGHT * count)
