"""From what a model says to what may be stored: checked, and put right where code can. Pure.

Functions named `…_problems` return complaints in plain English, one sentence each, fit to be sent
back to the model; an empty list is a pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from concepts.languages.judging import find_wrong_language
from concepts.lint.placeholders import find_placeholder
from concepts.lint.thinking_aloud import thinks_aloud
from concepts.markdown.blocks import FENCE_LINE, HEADING, split_blocks

# Fewer words (ideographs count one each) cannot teach anything.
MIN_TUTORIAL_WORDS = 120
MIN_HEADINGS = 2
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff\u3040-\u30ff\u0e00-\u0e7f]")


def tutorial_problems(markdown: str, language: str) -> list[str]:
    return list(_tutorial_problems(markdown, language))


def _tutorial_problems(markdown: str, language: str) -> Iterator[str]:
    blocks = split_blocks(markdown)
    prose = "\n".join("\n".join(lines) for is_code, lines in blocks if not is_code)
    words = count_words(prose)
    if words < MIN_TUTORIAL_WORDS:
        yield f"it has {words} words of prose; {MIN_TUTORIAL_WORDS} are the least"
    headings = sum(bool(HEADING.fullmatch(line)) for line in prose.split("\n"))
    if headings < MIN_HEADINGS:
        yield f"it has {headings} headings; {MIN_HEADINGS} are the least (lines starting with ##)"
    if ends_in_code(markdown):
        yield "it ends inside a code block: the closing fence is missing, or the text was cut off"
    if thinks_aloud(markdown):
        yield "it begins by thinking aloud; begin with the tutorial itself, say nothing of the task"
    if found := find_placeholder(prose):
        yield f"“{found}” is a placeholder; write what belongs there"
    if wrong := find_wrong_language(markdown, language):
        yield wrong


def ends_in_code(markdown: str) -> bool:
    is_code, lines = split_blocks(markdown)[-1]
    return is_code and (len(lines) < 2 or not FENCE_LINE.fullmatch(lines[-1]))


def count_words(text: str) -> int:
    ideographs = len(_IDEOGRAPH.findall(text))
    return ideographs + len(_IDEOGRAPH.sub(" ", text).split())
