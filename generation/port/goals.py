"""Looking at a goal before anything is spent on it. Pure but for the refusal it raises.

What a goal means is judged by the model, in the first call: its verdict.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from itertools import islice

from generation.port.errors import GoalRefused
from generation.port.request import OutlineRequest
from roadmaps.bounds import GOAL_MAX_CHARACTERS, LANGUAGE_TAG_MAX_CHARACTERS, LEVELS

CONCEPTS = range(4, 201)
HOURS_PER_WEEK = range(1, 81)
# BCP 47 as far as content languages need it: language, script, region, variants.
# Invisible, but part of words (and of emoji); other format characters only deceive.
_JOINERS = "\u200c\u200d"
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")

# What a model finds a goal to be, in words for people.
_VERDICTS = {
    "question": "“{goal}” is a question that one answer settles; a roadmap is for what takes days "
    "or months to learn.",
    "unclear": "“{goal}” may mean several quite different things.",
    "unsafe": "“{goal}” is nothing that Cairn helps with.",
    "not_a_goal": "“{goal}” does not say what you want to learn.",
}
MAX_SUGGESTIONS, SUGGESTION_MAX_CHARACTERS = 3, 100
LOOKED_AT_SUGGESTIONS = 10


def refuse_by_verdict(goal: str, verdict: str, suggestions: Iterable[str]) -> None:
    """Raises GoalRefused, with goals that may be meant instead, unless the verdict is roadmap."""
    if verdict not in _VERDICTS:
        return
    shown = goal if len(goal) <= SUGGESTION_MAX_CHARACTERS else goal[:99].rstrip() + "…"
    instead = tuple(_clean_suggestions(suggestions))
    message = _VERDICTS[verdict].format(goal=shown)
    if instead:
        message += f" Try instead: {', '.join(f'“{suggestion}”' for suggestion in instead)}."
    raise GoalRefused(message, suggestions=instead)


def _clean_suggestions(suggestions: Iterable[str]) -> list[str]:
    """Those that would pass for goals themselves: a model wrote them."""
    cleaned: list[str] = []
    # A model may send thousands, and this runs in the event loop.
    for suggestion in islice(suggestions, LOOKED_AT_SUGGESTIONS):
        if len(suggestion) > GOAL_MAX_CHARACTERS:
            continue
        try:
            goal = clean_goal(suggestion)
        except GoalRefused:
            continue
        if len(goal) <= SUGGESTION_MAX_CHARACTERS and goal not in cleaned:
            cleaned.append(goal)
    return cleaned[:MAX_SUGGESTIONS]


def clean_goal(text: str) -> str:
    """The goal on one line, in NFC. Raises GoalRefused with what is wrong and what would do."""
    visible = "".join(
        " " if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} else character
        for character in unicodedata.normalize("NFC", text)
        if unicodedata.category(character) != "Cf" or character in _JOINERS
    )
    goal = " ".join(visible.split())
    if not goal:
        raise GoalRefused(
            "The goal is empty. Say what you want to learn, such as “Python web development”."
        )
    if len(goal) > GOAL_MAX_CHARACTERS:
        raise GoalRefused(
            f"The goal has {len(goal)} characters; {GOAL_MAX_CHARACTERS} are the limit. "
            "One sentence is enough."
        )
    if not _says_something(goal):
        raise GoalRefused(
            f"“{goal}” does not say what you want to learn. A few words do, such as “Python web "
            "development”."
        )
    return goal


def _says_something(goal: str) -> bool:
    """Two letters or figures do; so does one with signs (“C#”), or one that is a word (“茶”)."""
    letters = [character for character in goal if character.isalnum()]
    if len(letters) != 1:
        return len(letters) > 1
    return unicodedata.category(letters[0]) == "Lo" or (len(goal) > 1 and " " not in goal)


def check_wishes(request: OutlineRequest, today: date) -> dict[str, str]:
    """What is wrong with the options, by field; empty when nothing is."""
    problems: dict[str, str] = {}
    if request.level and request.level not in LEVELS:
        problems["level"] = f"“{request.level}” is not one of {', '.join(LEVELS)}."
    if request.language and not _is_language_tag(request.language):
        problems["language"] = f"“{request.language}” is not a language tag such as en or zh-Hans."
    if request.hours_per_week is not None and request.hours_per_week not in HOURS_PER_WEEK:
        problems["hours_per_week"] = _out_of(request.hours_per_week, HOURS_PER_WEEK)
    if request.target_date and request.target_date <= today:
        problems["target_date"] = f"{request.target_date} is not in the future."
    if request.concepts is not None and request.concepts not in CONCEPTS:
        problems["concepts"] = _out_of(request.concepts, CONCEPTS)
    return problems


def _is_language_tag(tag: str) -> bool:
    return len(tag) <= LANGUAGE_TAG_MAX_CHARACTERS and bool(_LANGUAGE_TAG.fullmatch(tag))


def _out_of(value: int, allowed: range) -> str:
    return f"{value} is not between {allowed.start} and {allowed.stop - 1}."
