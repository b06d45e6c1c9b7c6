"""Providers for whole fleets, told by FLEET_… variables what to do; see the tests for why."""

import asyncio
import os
from pathlib import Path

from concepts.content import ArtifactContent, ArtifactKind
from generation.port.briefs import ConceptBrief
from generation.port.listening import NOBODY, Listener
from generation.port.outline import Outline
from generation.port.provider import Written
from generation.port.request import OutlineRequest
from generation.providers.catalogue import CatalogueProvider
from tests.generation.cast import ScriptedProvider, make_outline
from tests.generation.paying import PayingProvider


def seconds(name: str, default: str) -> float:
    return float(os.environ.get(name, default))


class SlowProvider(ScriptedProvider):
    """Knots: FLEET_CONCEPTS of them, each artifact within FLEET_DELAY_SECONDS.

    Every call is a line of the file FLEET_CALLS. The plan is not made until the file FLEET_PLAN
    exists, nor are concepts written after the first quarter until FLEET_MIDDLE does, and those of
    the last until FLEET_END does.
    """

    async def outline(self, request: OutlineRequest) -> Written[Outline]:
        note("outline")
        await until_exists("FLEET_PLAN")
        return await super().outline(request)

    async def hold(self, kind: ArtifactKind, brief: ConceptBrief) -> None:
        note(f"{brief.key} {kind.value}")
        concepts = [concept.key for concept in self.plan.concepts()]
        quarter = len(concepts) // 4
        if brief.key not in concepts[:quarter]:
            await until_exists("FLEET_MIDDLE")
        if brief.key in concepts[-quarter:]:
            await until_exists("FLEET_END")


def note(line: str) -> None:
    """One write, appended: lines of several processes do not mix."""
    if path := os.environ.get("FLEET_CALLS"):
        with Path(path).open("a", encoding="utf-8") as calls:
            calls.write(f"{line}\n")


async def until_exists(name: str) -> None:
    path = os.environ.get(name)
    while path and not Path(path).exists():  # noqa: ASYNC110, ASYNC240 - another process makes it
        await asyncio.sleep(0.05)


def make_slow_provider() -> SlowProvider:
    provider = SlowProvider(
        make_outline(int(os.environ.get("FLEET_CONCEPTS", "12"))),
        longest_delay=seconds("FLEET_DELAY_SECONDS", "0.2"),
        name="slow",
    )
    provider.before = provider.hold
    return provider


def make_paying_provider() -> PayingProvider:
    return PayingProvider(
        make_outline(int(os.environ.get("FLEET_CONCEPTS", "12"))),
        longest_delay=seconds("FLEET_DELAY_SECONDS", "0.2"),
        name="paying",
    )


class SlowCatalogue(CatalogueProvider):
    """The built-in roadmaps, written about as slowly as by a model: FLEET_DELAY_SECONDS each."""

    async def write(
        self, kind: ArtifactKind, brief: ConceptBrief, listener: Listener = NOBODY
    ) -> Written[ArtifactContent]:
        await asyncio.sleep(seconds("FLEET_DELAY_SECONDS", "0.2"))
        return await super().write(kind, brief, listener)
