"""Every concept of every built-in roadmap, with what the provider returns for it."""

from __future__ import annotations

import asyncio
import functools
from dataclasses import dataclass

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from concepts.content import (
    ArtifactContent,
    ArtifactKind,
    QuizContent,
    ResourcesContent,
    TutorialContent,
)
from generation.port.briefs import ConceptBrief
from generation.port.outline import ConceptOutline
from generation.port.provider import Written
from generation.providers.catalogue import CatalogueProvider, CatalogueRoadmap, load_catalogue

PROVIDER = CatalogueProvider()
ROADMAPS = load_catalogue()


@dataclass(frozen=True, eq=False)
class Entry:
    """One concept of one built-in roadmap, with what the provider returns for it."""

    roadmap: CatalogueRoadmap
    concept: ConceptOutline

    @functools.cache  # noqa: B019 - as many entries as the catalogue has, for one test run
    def written(self, kind: ArtifactKind) -> Written[ArtifactContent]:
        return asyncio.run(PROVIDER.write(kind, brief(self.roadmap.goals[0], self.concept)))

    @property
    def markdown(self) -> str:
        content = self.written(ArtifactKind.TUTORIAL).content
        assert isinstance(content, TutorialContent)
        return content.markdown

    @property
    def resources(self) -> ResourcesContent:
        content = self.written(ArtifactKind.RESOURCES).content
        assert isinstance(content, ResourcesContent)
        return content

    @property
    def quiz(self) -> QuizContent:
        content = self.written(ArtifactKind.QUIZ).content
        assert isinstance(content, QuizContent)
        return content

    @functools.cached_property
    def tokens(self) -> list[Token]:
        """The markdown as a parser sees it that would let raw HTML through."""
        return MarkdownIt("commonmark").parse(self.markdown)

    @property
    def fences(self) -> list[Token]:
        return [token for token in self.tokens if token.type == "fence"]

    @property
    def headings(self) -> list[tuple[str, str]]:
        return [
            (token.tag, self.tokens[place + 1].content)
            for place, token in enumerate(self.tokens)
            if token.type == "heading_open"
        ]

    @property
    def prose(self) -> str:
        lines = self.markdown.splitlines()
        for fence in self.fences:
            first, after = fence.map or (0, 0)
            lines[first:after] = [""] * (after - first)
        return "\n".join(lines)


def brief(goal: str, concept: ConceptOutline) -> ConceptBrief:
    return ConceptBrief(
        goal=goal,
        roadmap_title=goal,
        language="en",
        level="beginner",
        key=concept.key,
        title=concept.title,
        summary=concept.summary,
        kind=concept.kind,
        difficulty=concept.difficulty,
        est_minutes=concept.est_minutes,
        objectives=tuple(concept.objectives),
        keywords=tuple(concept.keywords),
    )


ENTRIES = [
    Entry(roadmap, concept) for roadmap in ROADMAPS for concept in roadmap.outline.concepts()
]

every_concept = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.concept.key)
every_roadmap = pytest.mark.parametrize(
    "roadmap", ROADMAPS, ids=lambda roadmap: roadmap.folder.name
)
