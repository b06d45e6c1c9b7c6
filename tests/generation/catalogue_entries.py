"""Every concept of every built-in roadmap, with what the provider returns for it."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
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
from concepts.markdown.signs import Sign, find_sign
from generation.port.briefs import ConceptBrief
from generation.port.outline import ConceptOutline
from generation.port.provider import Written
from generation.providers.catalogue import CatalogueProvider, CatalogueRoadmap, load_catalogue
from tests.generation.catalogue_rules import tongue_of

PROVIDER = CatalogueProvider()
ROADMAPS = load_catalogue()


@dataclass(frozen=True, eq=False)
class Entry:
    """One concept of one built-in roadmap, with what the provider returns for it."""

    roadmap: CatalogueRoadmap
    concept: ConceptOutline

    @functools.cache  # noqa: B019 - as many entries as the catalogue has, for one test run
    def written(self, kind: ArtifactKind) -> Written[ArtifactContent]:
        return asyncio.run(PROVIDER.write(kind, brief(self.roadmap, self.concept)))

    @functools.cached_property
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
    def before_practice(self) -> str:
        """What is read in one sitting: all that comes before the first exercise."""
        for place, token in enumerate(self.tokens):
            if token.type == "heading_open" and token.map:
                sign = find_sign(int(token.tag[1]), self.tokens[place + 1].content)
                if sign is Sign.EXERCISE:
                    return "\n".join(self.markdown.splitlines()[: token.map[0]])
        return self.markdown

    @property
    def prose(self) -> str:
        lines = self.markdown.splitlines()
        for fence in self.fences:
            first, after = fence.map or (0, 0)
            lines[first:after] = [""] * (after - first)
        return "\n".join(lines)


def brief(roadmap: CatalogueRoadmap, concept: ConceptOutline) -> ConceptBrief:
    return ConceptBrief(
        goal=roadmap.goals[0],
        roadmap_title=roadmap.outline.title,
        language=roadmap.outline.language,
        level=roadmap.outline.level,
        key=concept.key,
        title=concept.title,
        summary=concept.summary,
        kind=concept.kind,
        difficulty=concept.difficulty,
        est_minutes=concept.est_minutes,
        objectives=tuple(concept.objectives),
        keywords=tuple(concept.keywords),
    )


def entries_of(roadmap: CatalogueRoadmap) -> list[Entry]:
    return [entry for entry in ENTRIES if entry.roadmap is roadmap]


def milestones_of(roadmap: CatalogueRoadmap) -> list[Entry]:
    """The lessons that take a step of the roadmap's project, and say when it is accepted."""
    heading, condition = tongue_of(roadmap).milestone
    return [
        entry
        for entry in entries_of(roadmap)
        if any(heading in text for _, text in entry.headings) and condition in entry.markdown
    ]


def find_faults(roadmap: CatalogueRoadmap, judge: Callable[[Entry], object]) -> dict[str, object]:
    """By the keys of its concepts what `judge` complains of; of all at once, for one test a
    concept would take longer to begin and end than to look."""
    judged = {entry.concept.key: judge(entry) for entry in entries_of(roadmap)}
    return {key: fault for key, fault in judged.items() if fault}


ENTRIES = [
    Entry(roadmap, concept) for roadmap in ROADMAPS for concept in roadmap.outline.concepts()
]

every_roadmap = pytest.mark.parametrize(
    "roadmap", ROADMAPS, ids=lambda roadmap: roadmap.folder.name
)
