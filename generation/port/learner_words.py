"""What learners are told of a sentence that was written for operators, too. Pure."""

from __future__ import annotations

import re

# As long as what rows keep of a reason, with a goal in it.
LOOKED_AT = 2_000
# A variable of the environment, as operators write them.
_VARIABLE = re.compile(r"\b[A-Z][A-Z0-9]{1,30}_[A-Z0-9_]{1,40}\b")
_BRACKETS = re.compile(r" ?\([^()]{0,300}\)")
_QUOTED = re.compile(r"“[^”]{0,600}”")
_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s")


def for_learners(text: str, *, otherwise: str) -> str:
    """Without brackets and sentences that name a variable; `otherwise` where nothing else is said.

    What somebody typed stands in quotes, and stays whatever it names.
    """
    shown = _BRACKETS.sub(_unless_it_names_one, text[:LOOKED_AT])
    lines = (_without_naming(line) for line in shown.split("\n"))
    return "\n".join(line for line in lines if line) or otherwise


def _unless_it_names_one(brackets: re.Match[str]) -> str:
    return "" if _VARIABLE.search(brackets[0]) else brackets[0]


def _without_naming(line: str) -> str:
    sentences = _SENTENCE_ENDS.split(line)
    return " ".join(one for one in sentences if not _VARIABLE.search(_QUOTED.sub("", one)))
