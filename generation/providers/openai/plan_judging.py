"""From what a model said of a plan to what may be stored, or to what is wrong with it.

Each function runs for as long as the answer asks for, so outside of the event loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from generation.port.characters import whole_characters
from generation.port.details import (
    ModuleDetails,
    check_details,
    details_language_problems,
    drop_requires,
    requires_problems,
)
from generation.port.goals import refuse_by_verdict
from generation.port.pace import LEAST_SITTING, ask_for_pace
from generation.port.request import OutlineRequest
from generation.port.skeleton import Skeleton
from generation.port.skeleton_reading import (
    MOST_CHARACTERS,
    PLAN,
    UNSAFE,
    Parsed,
    build_skeleton,
    read_skeleton,
)
from generation.port.skeleton_rules import check_skeleton
from generation.providers.openai.asking import Attempt
from generation.providers.openai.judging import UNKNOWN, settle_tag
from generation.providers.openai.losses import note_losses
from generation.providers.openai.plan_prompting import minutes_for_each
from generation.providers.openai.plan_schemas import DetailsAnswer, read_details
from generation.providers.openai.schemas import MAX_COMPLAINTS, as_said
from generation.providers.thoughts.stripping import strip_thoughts
from roadmaps.bounds import TITLE_MAX_CHARACTERS


def judge_skeleton(
    told: str, request: OutlineRequest, language: str | None, today: date
) -> Attempt[Skeleton]:
    """Checked for the language that was settled, or else for the one it says or shows. Raises
    GoalRefused where no plan can be made of the goal."""
    told = told[:MOST_CHARACTERS]
    parsed = read_skeleton(strip_thoughts(told).strip() or told)
    if parsed.verdict == UNSAFE or (parsed.verdict != PLAN and not parsed.stages):
        refuse_by_verdict(request.goal, parsed.verdict, parsed.suggestions)
    said = whole_characters(told)
    if gaps := list(_gaps(parsed)):
        return Attempt(said, None, gaps)
    settled = language or settle_tag(parsed.language, "\n".join(_texts(parsed)), request.goal)
    # Whoever typed a goal knows its name.
    parsed = replace(parsed, title=parsed.title or request.goal[:TITLE_MAX_CHARACTERS])
    skeleton, problems = build_skeleton(parsed, language=settled or UNKNOWN, level=request.level)
    if settled is None:
        problems.append(f"“{parsed.language[:100]}” is not a language tag such as en or zh-Hans")
    elif skeleton is not None:
        problems = check_skeleton(skeleton, request)[:MAX_COMPLAINTS]
    if skeleton is None:
        return Attempt(said, None, problems)
    count = len([concept for concept in skeleton.concepts() if not concept.known])
    regrets = ask_for_pace(count * LEAST_SITTING, request, today)
    return note_losses(Attempt(said, skeleton, problems, regrets, count), told)


def growing_skeleton(told: str) -> Parsed:
    """What can be read of a skeleton that is still being written: whole lines alone, and no
    thoughts."""
    whole, _, _ = told[:MOST_CHARACTERS].rpartition("\n")
    return read_skeleton(strip_thoughts(whole))


def _gaps(parsed: Parsed) -> Iterator[str]:
    """Whatever ends in the middle is no plan, be it that a server says that it has ended."""
    if not parsed.stages:
        yield "there is no plan: stages (## …), modules (### …) and concepts (- …) are wanted"
    elif not parsed.is_whole:
        yield "the plan breaks off: go on to its end, and close with the line `summary:`"


def _texts(parsed: Parsed) -> Iterator[str]:
    yield from (parsed.title, parsed.summary, *parsed.assumptions)
    for stage in parsed.stages:
        yield stage.title
        for module in stage.modules:
            yield from (module.title, *(concept.title for concept in module.concepts))


def judge_details(
    answer: DetailsAnswer,
    request: OutlineRequest,
    skeleton: Skeleton,
    module: int,
    *,
    today: date,
) -> Attempt[ModuleDetails]:
    """What cannot be required is a regret: without it the details are good enough."""
    details, problems = read_details(answer, skeleton, module)
    said = whole_characters(as_said(answer)[:MOST_CHARACTERS])
    if details is None:
        return Attempt(said, None, problems[:MAX_COMPLAINTS])
    strange = requires_problems(details, skeleton)[:MAX_COMPLAINTS]
    kept = drop_requires(details, skeleton)
    problems = [
        *check_details(kept, skeleton, module)[:MAX_COMPLAINTS],
        *details_language_problems(kept, skeleton.language),
    ]
    regrets = [*strange, *_too_long(kept, request, skeleton, today)]
    weight = len(strange) * 1_000 + kept.total_minutes()
    return note_losses(Attempt(said, kept, problems, regrets, weight), said)


def _too_long(
    details: ModuleDetails, request: OutlineRequest, skeleton: Skeleton, today: date
) -> Iterator[str]:
    each, needed = minutes_for_each(request, skeleton, today), details.total_minutes()
    if each is not None and needed > each * len(details.concepts):
        yield (
            f"these concepts take {needed} minutes together; {each * len(details.concepts)} fit "
            "into the learner's time: plan them less deep, with honest minutes"
        )
