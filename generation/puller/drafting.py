"""A whole plan without a run: nothing of it is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from generation.awaiting.draining import first_error
from generation.port.calls import Books
from generation.port.details import ModuleDetails, check_details, compose_outline
from generation.port.errors import ContentError
from generation.port.outline import Outline
from generation.port.outline_rules import check_outline
from generation.port.provider import PlansAtOnce, PlansInSteps, Provider, opened
from generation.port.request import OutlineRequest
from generation.port.skeleton import Skeleton
from generation.port.skeleton_rules import check_skeleton


async def draft_plan(
    request: OutlineRequest, provider: Provider, books: Books | None = None, *, at_once: int
) -> Outline:
    """A plan that would be accepted. Raises ProviderError."""
    async with opened(provider, books):
        if isinstance(provider, PlansInSteps):
            return await _in_steps(request, provider, at_once)
        assert isinstance(provider, PlansAtOnce), "whoever writes can also plan"
        written = await provider.outline(request)
    refuse("outline", check_outline(written.content, request, authored=written.authored))
    return written.content


async def _in_steps(request: OutlineRequest, provider: PlansInSteps, at_once: int) -> Outline:
    skeleton = (await provider.skeleton(request)).content
    refuse("skeleton", check_skeleton(skeleton, request))
    places = asyncio.Semaphore(at_once)

    async def detail(module: int) -> ModuleDetails:
        async with places:
            details = (await provider.details(request, skeleton, module)).content
        refuse("details", check_details(details, skeleton, module))
        return details

    return compose_outline(skeleton, await _all_of(skeleton, detail))


async def _all_of(
    skeleton: Skeleton, detail: Callable[[int], Coroutine[Any, Any, ModuleDetails]]
) -> list[ModuleDetails]:
    """Side by side; the first that fails ends the others."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(detail(place)) for place in range(len(skeleton.modules()))]
    except BaseExceptionGroup as errors:
        raise first_error(errors) from errors
    return [task.result() for task in tasks]


def refuse(what: str, problems: list[str]) -> None:
    """Raises ContentError, unless nothing is wrong."""
    if problems:
        raise ContentError(f"The {what} cannot be used: " + "; ".join(problems))
