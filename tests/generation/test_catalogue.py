from __future__ import annotations

import asyncio
import functools
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

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
from concepts.links.public import canonical_url
from concepts.lint.quiz_rules import lint_quiz
from concepts.shuffling import shuffle_choices
from generation.port.briefs import ConceptBrief
from generation.port.errors import ContentError, GoalRefused
from generation.port.outline import ConceptOutline
from generation.port.outline_rules import check_outline, settle_prerequisites
from generation.port.provider import Written
from generation.port.request import OutlineRequest
from generation.providers.catalogue import CatalogueProvider, CatalogueRoadmap, load_catalogue
from roadmaps.text import text_key

FILLER = re.compile(
    r"in this tutorial|in this (section|article|lesson|chapter)|let'?s dive|dive into|delve"
    r"|in today's|in conclusion|congratulations|happy coding|it is important to note"
    r"|it's worth noting|as we all know|simply put|unlock the power|game.changer|seamless"
    r"|leverage|robust",
    re.IGNORECASE,
)
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


def entries_of(roadmap: CatalogueRoadmap) -> list[Entry]:
    return [entry for entry in ENTRIES if entry.roadmap is roadmap]


def repeated(values: list[Any]) -> list[Any]:
    return [value for value, count in Counter(values).items() if count > 1]


@every_concept
def test_a_tutorial_is_as_long_as_one_sitting(entry: Entry) -> None:
    assert 500 <= len(entry.markdown.split()) <= 1_200
    assert len(entry.prose.split()) >= 500


@every_concept
def test_a_tutorial_says_something_in_every_sentence(entry: Entry) -> None:
    assert not FILLER.search(entry.markdown)


@every_concept
def test_a_tutorial_has_headings_below_the_pages_own(entry: Entry) -> None:
    assert len(entry.headings) >= 3
    assert "h1" not in {tag for tag, _ in entry.headings}


@every_concept
def test_every_code_block_names_its_language(entry: Entry) -> None:
    assert "python" in {fence.info for fence in entry.fences}
    assert all(fence.info.strip() for fence in entry.fences)


@every_concept
def test_a_tutorial_has_neither_raw_html_nor_pictures(entry: Entry) -> None:
    children = [child for token in entry.tokens for child in token.children or []]
    kinds = {token.type for token in entry.tokens + children}
    assert not kinds & {"html_block", "html_inline", "image"}


@pytest.mark.slow
@every_concept
def test_the_python_of_a_tutorial_runs(entry: Entry, tmp_path: Path) -> None:
    script = tmp_path / "tutorial.py"
    blocks = [fence.content for fence in entry.fences if fence.info == "python"]
    script.write_text("\n".join(blocks), encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", script.name],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert not re.search("Error|Warning", ended.stderr), ended.stderr


@every_concept
def test_three_to_six_resources_lead_to_different_places(entry: Entry) -> None:
    addresses = [resource.url for resource in entry.resources.resources]
    assert 3 <= len({canonical_url(address) for address in addresses}) == len(addresses) <= 6
    assert all(address.startswith("https://") for address in addresses)


@every_concept
def test_a_quiz_of_five_to_eight_questions_passes_the_lint(entry: Entry) -> None:
    assert not lint_quiz(entry.quiz)
    assert 5 <= len(entry.quiz.questions) <= 8


@every_concept
def test_a_quiz_asks_for_every_objective_and_no_other(entry: Entry) -> None:
    asked = {question.objective for question in entry.quiz.questions}
    assert asked == set(entry.concept.objectives)


@every_concept
@pytest.mark.parametrize("kind", ArtifactKind)
def test_everything_was_written_and_reviewed_by_people(entry: Entry, kind: ArtifactKind) -> None:
    written = entry.written(kind)
    assert written.authored
    assert type(written.reviewed_on) is date


@every_roadmap
def test_a_roadmap_has_five_stages_and_36_concepts_or_more(roadmap: CatalogueRoadmap) -> None:
    assert len(roadmap.outline.stages) >= 5
    assert len(roadmap.outline.concepts()) >= 36


@every_roadmap
def test_an_outline_passes_the_checks_of_a_models(roadmap: CatalogueRoadmap) -> None:
    assert not check_outline(roadmap.outline, OutlineRequest(roadmap.outline.title))
    assert not settle_prerequisites(roadmap.outline)[1]


@every_roadmap
def test_every_concept_has_its_files_and_no_file_is_left_over(roadmap: CatalogueRoadmap) -> None:
    keys = [concept.key for concept in roadmap.outline.concepts()]
    expected = {f"concepts/{key}{end}" for key in keys for end in (".md", ".quiz.yaml")}
    found = {
        str(path.relative_to(roadmap.folder))
        for path in roadmap.folder.rglob("*")
        if path.is_file()
    }
    assert found == expected | {"roadmap.yaml"}


@every_roadmap
def test_no_two_tutorials_are_built_alike(roadmap: CatalogueRoadmap) -> None:
    assert not repeated([tuple(entry.headings) for entry in entries_of(roadmap)])


@every_roadmap
def test_no_paragraph_is_read_twice(roadmap: CatalogueRoadmap) -> None:
    paragraphs = [
        text_key(entry.tokens[place + 1].content)
        for entry in entries_of(roadmap)
        for place, token in enumerate(entry.tokens)
        if token.type == "paragraph_open"
    ]
    long_ones = [paragraph for paragraph in paragraphs if len(paragraph.split()) >= 8]
    assert not repeated(long_ones)


@every_roadmap
def test_no_question_is_asked_twice(roadmap: CatalogueRoadmap) -> None:
    quizzes = [entry.quiz for entry in entries_of(roadmap)]
    assert not repeated([text_key(asked.stem) for quiz in quizzes for asked in quiz.questions])


@every_roadmap
def test_no_position_is_a_favourite_of_the_right_answers(roadmap: CatalogueRoadmap) -> None:
    keys: Counter[int] = Counter()
    for entry in entries_of(roadmap):
        for question in shuffle_choices(entry.quiz, seed=entry.concept.key).questions:
            if question.type == "single" and len(question.choices) == 4:
                keys[[choice.is_correct for choice in question.choices].index(True)] += 1
    assert all(0.15 <= keys[place] / keys.total() <= 0.35 for place in range(4)), keys


def refusal(goal: str, **wishes: Any) -> GoalRefused:
    with pytest.raises(GoalRefused) as refused:
        PROVIDER.check_goal(OutlineRequest(goal, **wishes))
    return refused.value


@pytest.mark.parametrize(
    "goal",
    [
        "Python web development",
        "PYTHON WEB DEVELOPMENT",
        "  python   web\tdevelopment ",
        "Ｐｙｔｈｏｎ web development",
        "Learn Django",
    ],
)
async def test_a_built_in_goal_is_answered_however_it_is_typed(goal: str) -> None:
    PROVIDER.check_goal(OutlineRequest(goal))
    written = await PROVIDER.outline(OutlineRequest(goal))
    assert written.content.title == "Python web development"
    assert (written.authored, written.usage.calls) == (True, 0)


@every_roadmap
def test_a_roadmap_answers_to_its_own_title(roadmap: CatalogueRoadmap) -> None:
    assert roadmap.answers(roadmap.outline.title)


@pytest.mark.parametrize(
    "goal", ["Python web", "Game development with Python", "Learn Flask Django"]
)
def test_a_near_goal_is_refused_and_the_closest_is_named(goal: str) -> None:
    refused = refusal(goal)
    assert "the closest built-in roadmap is “Python web development”" in str(refused)
    assert refused.suggestions == ("Python web development",)


@pytest.mark.parametrize("goal", ["Watercolour painting", "C++", "学习中文", "Learn Rust", "?!"])
def test_an_unknown_goal_is_told_what_is_built_in_and_how_to_get_more(goal: str) -> None:
    refused = refusal(goal)
    assert f"“{goal}” needs a language model" in str(refused)
    assert "Python web development (" in str(refused)
    assert "LLM_BASE_URL" in str(refused)


def test_an_unknown_goal_is_not_answered_with_a_neighbour() -> None:
    assert refusal("Watercolour painting").suggestions == ()


async def test_an_outline_is_refused_like_the_goal_it_is_for() -> None:
    with pytest.raises(GoalRefused):
        await PROVIDER.outline(OutlineRequest("Python web"))


@pytest.mark.parametrize(
    ("wishes", "reason"),
    [
        ({"level": "advanced"}, "has level “beginner”, not “advanced”"),
        ({"language": "de"}, "has language “en”, not “de”"),
        ({"concepts": 12}, "and you asked for 12"),
        ({"concepts": 100}, "and you asked for 100"),
    ],
)
def test_what_was_not_written_is_refused(wishes: dict[str, Any], reason: str) -> None:
    refused = str(refusal("Python web development", **wishes))
    assert reason in refused
    assert "LLM_BASE_URL" in refused


def test_wishes_the_roadmap_meets_are_no_reason_to_refuse() -> None:
    wishes = OutlineRequest("Learn Django", level="beginner", language="EN", concepts=40)
    PROVIDER.check_goal(wishes)


async def test_a_concept_nobody_has_written_is_refused() -> None:
    unknown = ENTRIES[0].concept.model_copy(update={"key": "no-such-concept"})
    with pytest.raises(ContentError, match="no built-in text"):
        await PROVIDER.write(ArtifactKind.TUTORIAL, brief("Learn Django", unknown))
