"""What our rules find in an item of the corpus."""

from __future__ import annotations

from typing import Any

from concepts.content import ChoiceContent, QuestionContent
from concepts.languages.judging import find_wrong_language
from concepts.lint.flaws.finding import find_flaws
from concepts.lint.flaws.item import Choice, Item
from concepts.lint.thinking_aloud import thinks_aloud
from concepts.lint.tutorial import ends_in_code
from concepts.lint.tutorial_flaws import (
    contradicts_key,
    is_courteous,
    is_off_level,
    plans_aloud,
    promises_in_vain,
)
from generation.audit.corpus import Case
from generation.audit.outlines import outline_flaws, read_outline_text


def find_in(case: Case) -> set[str]:
    """The kinds of flaws that are found in it."""
    judge = {"quiz": _quiz, "outlines": _outline, "tutorials": _tutorial}[case.sort]
    return judge(case.data)


def read_item(data: dict[str, Any]) -> Item:
    choices = [Choice(one["text"], one.get("is_correct", False)) for one in data.get("choices", [])]
    return Item(data["type"], data["language"], data["stem"], tuple(choices))


def _quiz(data: dict[str, Any]) -> set[str]:
    return {flaw.value for flaw in find_flaws(read_item(data))}


def _outline(data: dict[str, Any]) -> set[str]:
    outline = read_outline_text(data["outline"], data["language"], data["level"])
    return outline_flaws(outline, data["hours_per_week"] * data["weeks"] * 60)


def _tutorial(data: dict[str, Any]) -> set[str]:
    markdown, language = data["tutorial"], data["language"]
    questions = [_question(one) for one in data.get("quiz", [])]
    found = {
        "empty_promise": promises_in_vain(markdown),
        "wrong_language": find_wrong_language(markdown, language) is not None,
        "off_level": is_off_level(markdown, data["level"]),
        "contradicts_key": contradicts_key(markdown, questions, language),
        "unclosed_code": ends_in_code(markdown),
        "courtesy": is_courteous(markdown),
        "thought": thinks_aloud(markdown) or plans_aloud(markdown),
    }
    return {kind for kind, is_there in found.items() if is_there}


def _question(data: dict[str, Any]) -> QuestionContent:
    choices = [
        ChoiceContent(text=one["text"], is_correct=one["is_correct"], rationale="-")
        for one in data["choices"]
    ]
    return QuestionContent(
        type=data["type"],
        stem=data["stem"],
        choices=choices,
        explanation="-",
        objective="-",
        difficulty=1,
    )
