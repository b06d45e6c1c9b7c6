"""A provider asked outside of any run, about bees."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest

from benchmarks.one_call import OneCallProvider
from concepts.content import ArtifactKind
from generation.port.briefs import ConceptBrief
from generation.port.errors import ContentError
from generation.port.provider import opened
from generation.port.request import OutlineRequest
from generation.port.skeleton import Skeleton
from generation.providers.dialogue import Prompt
from generation.providers.openai.provider import OpenAIProvider
from tests.generation import writings
from tests.generation.providers.gateway.writings import data_in
from tests.generation.scripted_gateway import ScriptedGateway

T = TypeVar("T")


class EitherWay(OpenAIProvider):
    """Plans in steps, and as the benchmarks do in one call."""

    outline = OneCallProvider.outline


Call = Callable[[Any], Coroutine[Any, Any, T]]

REQUEST = OutlineRequest("Keep bees", concepts=8)
CHINESE_GOAL = "我想系统学习蜜蜂养殖，每周8小时"
BRIEF = ConceptBrief(
    goal="Keep bees",
    roadmap_title="Bees",
    language="en",
    level="beginner",
    key="c1",
    title="Smoke",
    summary="What it does.",
    kind="procedure",
    difficulty=1,
    est_minutes=30,
    objectives=("Light it", "Use it"),
    keywords=(),
)


def ask(gateway: ScriptedGateway, *calls: Call[T]) -> list[T]:
    """The calls one after another, of one opened provider."""

    async def main() -> list[T]:
        provider = EitherWay(gateway.open)
        async with opened(provider):
            return [await call(provider) for call in calls]

    return asyncio.run(main())


def refused(gateway: ScriptedGateway, call: Call[object]) -> ContentError:
    with pytest.raises(ContentError) as refusal:
        ask(gateway, call)
    return refusal.value


def writing(kind: ArtifactKind, brief: ConceptBrief = BRIEF) -> Call[Any]:
    return lambda provider: provider.write(kind, brief)


def planning(request: OutlineRequest = REQUEST) -> Call[Any]:
    return lambda provider: provider.outline(request)


def laying_out(request: OutlineRequest = REQUEST, **wishes: Any) -> Call[Any]:
    return lambda provider: provider.skeleton(request, **wishes)


def detailing(skeleton: Skeleton, module: int = 0, request: OutlineRequest = REQUEST) -> Call[Any]:
    return lambda provider: provider.details(request, skeleton, module)


TUTORIAL, RESOURCES, QUIZ = (writing(kind) for kind in ArtifactKind)


def solve_with_nectar(prompt: Prompt) -> dict[str, Any]:
    """As the key has it, wherever the choices stand now."""
    right = {writings.WORDS["en"][2], "True"}
    answers = [
        {
            "question": asked["number"],
            "choices": [one["number"] for one in asked["choices"] if one["text"] in right],
        }
        for asked in data_in(prompt.user)["questions"]
    ]
    return {"answers": answers}
