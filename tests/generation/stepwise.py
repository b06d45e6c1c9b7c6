"""A provider that plans in steps, as it is told."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from generation.port.details import ConceptDetails, ModuleDetails
from generation.port.listening import NOBODY, Listener
from generation.port.provider import Written
from generation.port.request import OutlineRequest
from generation.port.skeleton import Skeleton, SkeletonConcept, SkeletonModule, SkeletonStage
from generation.port.spent import Spent
from tests.generation.cast import ScriptedProvider, make_outline


def make_skeleton(modules: int, *, size: int = 2, known: tuple[str, ...] = ()) -> Skeleton:
    """Concepts c1, c2, … in modules of that size, in two stages."""
    keys = [f"c{number}" for number in range(1, modules * size + 1)]
    made = [
        SkeletonModule(
            title=f"Ropes {'abcdefghijklmnopqrstuvwxyz'[place]}",
            concepts=[
                SkeletonConcept(key=key, title=f"The knot {key}", known=key in known)
                for key in keys[place * size : (place + 1) * size]
            ],
        )
        for place in range(modules)
    ]
    half = max(1, modules // 2)
    parts = [part for part in (made[:half], made[half:]) if part]
    return Skeleton(
        title="Knots",
        summary="From a bight to a bowline.",
        language="en",
        level="beginner",
        stages=[
            SkeletonStage(title=f"Part {name}", modules=part)
            for name, part in zip(("one", "two"), parts, strict=False)
        ],
    )


def make_details(skeleton: Skeleton, module: int) -> ModuleDetails:
    """Each concept requires the one before."""
    keys = [concept.key for concept in skeleton.concepts()]
    return ModuleDetails(
        concepts=[
            ConceptDetails(
                key=concept.key,
                summary=f"What {concept.key} is.",
                kind="procedure",
                difficulty=2,
                est_minutes=20,
                objectives=["Tie it", "Untie it"],
                keywords=["knot"],
                requires=keys[: keys.index(concept.key)][-1:],
            )
            for concept in skeleton.modules()[module].concepts
        ]
    )


async def at_once(_module: int) -> None:
    """A hook that waits for nothing."""


@dataclass
class StepwiseProvider(ScriptedProvider):
    """Writes knots. `fail_details` maps a module to what is raised, for ever or so many times;
    `answers` to what is said instead; `before_details` is awaited inside every call. Of a skeleton
    `saying` is told, one after the other, `pause` being awaited after each."""

    frame: Skeleton = field(default_factory=lambda: make_skeleton(3))
    fail_details: Mapping[int, Exception | list[Exception]] = field(default_factory=dict)
    answers: Mapping[int, ModuleDetails] = field(default_factory=dict)
    before_details: Callable[[int], Awaitable[None]] = at_once
    detailed: Counter[int] = field(default_factory=Counter)
    skeletons: int = 0
    # What each skeleton was to begin from, and the wish.
    wished: list[tuple[Skeleton | None, str]] = field(default_factory=list)
    asked: list[OutlineRequest] = field(default_factory=list)
    fail_skeleton: Exception | None = None
    saying: Sequence[str] = ()
    pause: Callable[[int], Awaitable[None]] = at_once

    async def skeleton(
        self,
        request: OutlineRequest,
        *,
        base: Skeleton | None = None,
        wish: str = "",
        listener: Listener = NOBODY,
    ) -> Written[Skeleton]:
        self.skeletons += 1
        self.wished.append((base, wish))
        self.asked.append(request)
        if self.fail_skeleton is not None:
            raise self.fail_skeleton
        for place, text in enumerate(self.saying):
            listener.said(text)
            await self.pause(place)
        await asyncio.sleep(0)
        return Written(self.frame, Spent(calls=1, tokens_in=100, tokens_out=200))

    async def details(
        self, request: OutlineRequest, skeleton: Skeleton, module: int
    ) -> Written[ModuleDetails]:
        self.detailed[module] += 1
        await self.before_details(module)
        scripted = self.fail_details.get(module)
        if isinstance(scripted, Exception):
            raise scripted
        if scripted:
            raise scripted.pop(0)
        details = self.answers.get(module) or make_details(skeleton, module)
        return Written(details, Spent(calls=1, tokens_in=10, tokens_out=20))


def make_stepwise(frame: Skeleton, **fields: object) -> StepwiseProvider:
    return StepwiseProvider(make_outline(len(frame.concepts())), frame=frame, **fields)  # type: ignore[arg-type]  # passed on


def make_stepwise_provider() -> StepwiseProvider:
    """By dotted path: as little as a plan may have."""
    return make_stepwise(make_skeleton(2), name="stepwise")
