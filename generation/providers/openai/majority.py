"""Whose answer counts where the first opinion and the key disagree. Pure.

A model that works a value out may slip, and a quiz that is sent back for a slip is spoilt. What is
no value is a matter of wording: there a model that reads it otherwise has found something.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from concepts.content import QuestionContent
from concepts.lint.flaws.values import read_value
from roadmaps.text import text_key

# Asked for one after the other, as long as they may still matter.
MOST_OPINIONS = 3

# Longer texts are sentences.
_LONGEST_VALUE = 200
# What stands for itself in the languages that people program in: texts, numbers, constants, and
# collections of these.
_LITERAL = re.compile(
    r"""(?:"[^"\\]*"|'[^'\\]*'"""
    r"|(?:True|False|None|true|false|null|undefined|NULL|TRUE|FALSE|NaN|nan|inf)(?!\w)"
    r"|\d[\d_.eExXa-fA-F]*(?!\w)|[-−+\[\](){},: ])+"
)


def asks_for_value(question: QuestionContent) -> bool:
    """Whether what is right is found by working it out: an output, or one value among values."""
    if question.type != "single":
        return question.type == "output"
    return all(is_value(choice.text) for choice in question.choices)


def is_value(text: str) -> bool:
    """A number with or without its unit, or a literal of code, and nothing else."""
    if len(text) > _LONGEST_VALUE:
        return False
    said = text.strip("` .")
    if "`" not in text and ('"' in said or "'" in said):
        return False  # what somebody says, not what a program prints
    return read_value(text_key(said)) is not None or bool(_LITERAL.fullmatch(said))


def needs_another(votes: Sequence[bool]) -> bool:
    """Whether one more opinion may decide: none where the first is for the key, or two agree."""
    is_doubted = bool(votes) and not votes[0]
    return is_doubted and len(votes) < MOST_OPINIONS and max(map(votes.count, (True, False))) < 2


def has_majority(votes: Sequence[bool]) -> bool:
    return 2 * votes.count(True) > len(votes)
