"""Prompts for plans: a skeleton, what a module teaches, and the whole in one call. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from string import Template
from typing import Any

from concepts.languages.tags import request_language
from generation.port.pace import LEAST_SITTING, LONGEST_SITTING, can_fit, minutes_until
from generation.port.request import TINY_CONCEPTS, OutlineRequest
from generation.port.skeleton import Skeleton, print_skeleton
from generation.providers.dialogue import Prompt
from generation.providers.openai.prompting import (
    GOALS_LANGUAGE,
    LEVEL_RULES,
    as_data,
    fill_prompt,
    language_rule,
    load_prompt,
)

# Of a default roadmap, within DEFAULT_CONCEPTS; and of one of its concepts.
USUAL_CONCEPTS, USUAL_MINUTES = 36, 30
# An outline's answer in tokens: so many, and so many more a concept.
OUTLINE_TOKENS, CONCEPT_TOKENS, MAX_OUTLINE_TOKENS = 1_200, 190, 32_000
# A title takes some ten; what a model thinks first takes up the same room.
SKELETON_TOKENS, TITLE_TOKENS = 3_000, 30
DETAILS_TOKENS = 1_500
# Of those after a module, so many are told of.
CONCEPTS_AHEAD = 4


def skeleton_prompt(
    request: OutlineRequest,
    language: str | None,
    today: date,
    *,
    base: Skeleton | None = None,
    wish: str = "",
) -> Prompt:
    """`language` is the content language where it is settled; else the goal's own is asked for."""
    tokens = SKELETON_TOKENS + TITLE_TOKENS * max(
        request.planned or 0, request.concepts or USUAL_CONCEPTS
    )
    words = _plan_words(request, language, today)
    prompt = fill_prompt("skeleton", words, {"goal": request.goal}, max_tokens=tokens)
    return prompt if base is None else _remake(prompt, base, wish, words["language_request"])


def _remake(prompt: Prompt, base: Skeleton, wish: str, language_request: str) -> Prompt:
    """The same task, with the skeleton there is and what somebody wishes of another."""
    file = load_prompt("remake")
    user = Template(file.user).substitute(
        skeleton=as_data(print_skeleton(base)),
        wish=as_data(wish),
        language_request=language_request,
    )
    return replace(
        prompt,
        version=f"{prompt.version}+{file.version}",
        system=f"{prompt.system}\n\n{file.system}",
        user=f"{prompt.user}\n\n{user}",
    )


def details_prompt(request: OutlineRequest, skeleton: Skeleton, module: int, today: date) -> Prompt:
    """Sent once a module, so kept short; modules are counted from 0."""
    minutes = minutes_for_each(request, skeleton, today)
    words = {
        "language_rule": language_rule(skeleton.language),
        "language_request": request_language(skeleton.language),
        "level_rule": LEVEL_RULES[skeleton.level],
        "least_minutes": str(LEAST_SITTING),
        "most_minutes": str(LONGEST_SITTING),
        "time_rule": f" There is time for about {minutes} minutes each." if minutes else "",
    }
    concepts = skeleton.modules()[module].concepts
    tokens = DETAILS_TOKENS + CONCEPT_TOKENS * 2 * len(concepts)
    return fill_prompt(
        "details",
        words,
        _describe_module(request, skeleton, module),
        max_tokens=min(tokens, MAX_OUTLINE_TOKENS),
        subject=concepts[0].key if concepts else "",
        indent=None,
    )


def minutes_for_each(request: OutlineRequest, skeleton: Skeleton, today: date) -> int | None:
    """What a concept may take where the time is short; None where it is not, or cannot be met."""
    minutes = minutes_until(request, today)
    count = len([concept for concept in skeleton.concepts() if not concept.known])
    if minutes is None or not count or not can_fit(request, minutes):
        return None
    each = minutes // count
    return max(each, LEAST_SITTING) if each < LONGEST_SITTING else None


def _describe_module(request: OutlineRequest, skeleton: Skeleton, module: int) -> dict[str, Any]:
    asked = skeleton.modules()[module]
    # What comes later cannot be required; a few of it show where others begin.
    end = sum(len(one.concepts) for one in skeleton.modules()[: module + 1])
    shown = skeleton.concepts()[: end + CONCEPTS_AHEAD]
    return {
        "goal": request.goal,
        "roadmap": skeleton.title,
        "plan": {concept.key: concept.title for concept in shown},
        "module": asked.title,
        "concepts": [{"key": one.key, "title": one.title} for one in asked.concepts],
    }


def outline_prompt(request: OutlineRequest, language: str | None, today: date) -> Prompt:
    """The whole plan in one call: what `llm_check` measures, and benchmarks compare with."""
    concepts = request.concepts or USUAL_CONCEPTS
    tokens = min(OUTLINE_TOKENS + CONCEPT_TOKENS * concepts, MAX_OUTLINE_TOKENS)
    words = _plan_words(request, language, today)
    return fill_prompt("outline", words, {"goal": request.goal}, max_tokens=tokens)


def _plan_words(request: OutlineRequest, language: str | None, today: date) -> dict[str, str]:
    least, most = request.wanted
    return {
        "language_rule": language_rule(language) if language else GOALS_LANGUAGE,
        "language_request": request_language(language) if language else GOALS_LANGUAGE,
        "level": f"`{request.level}`" if request.level else "the one you plan for",
        "level_rule": LEVEL_RULES[request.level or ""],
        "pace_rule": _pace_rule(request, today),
        "least": str(least),
        "most": str(most),
        "target": str(_best_count(request, today)),
        "tiny": str(TINY_CONCEPTS),
        "least_minutes": str(LEAST_SITTING),
        "most_minutes": str(LONGEST_SITTING),
    }


def _best_count(request: OutlineRequest, today: date) -> int:
    """As many concepts as are wished for, or fewer where the time is short."""
    least, _ = request.wanted
    wished = request.planned or request.concepts or USUAL_CONCEPTS
    minutes = minutes_until(request, today)
    return wished if minutes is None else min(wished, max(least, minutes // USUAL_MINUTES))


def _pace_rule(request: OutlineRequest, today: date) -> str:
    rules = []
    if request.hours_per_week:
        rules.append(f"They have {request.hours_per_week} hours a week.")
    if request.target_date:
        days = (request.target_date - today).days
        rules.append(f"They want to be done by {request.target_date}, in {days} days.")
    if (minutes := minutes_until(request, today)) is not None:
        rules.append(_time_rule(request, minutes))
    return " ".join(rules) or "They did not say how much time they have, unless the goal does."


def _time_rule(request: OutlineRequest, minutes: int) -> str:
    if not can_fit(request, minutes):
        return (
            f"That makes {minutes} minutes, too few at best. Plan as little as the rules allow, "
            "in honest minutes all the same; they will be told that it takes longer."
        )
    return (
        f"That makes {minutes / 60:.0f} hours: all concepts together take at most {minutes} "
        f"minutes, and each takes {LEAST_SITTING} to {LONGEST_SITTING}. Plan fewer concepts or "
        "less deep ones, never dishonest minutes."
    )
