"""What is built in holds what CONTRIBUTING.md asks of it, concept by concept and as a whole."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import Any

import pytest

from concepts.content import ArtifactKind
from concepts.links.public import canonical_url
from concepts.lint.figures import figure_problems, list_figures
from concepts.lint.quiz_rules import lint_quiz
from concepts.markdown.signs import Sign, find_sign
from concepts.shuffling import shuffle_choices
from generation.port.outline_rules import check_outline, settle_prerequisites
from generation.port.request import OutlineRequest
from generation.providers.catalogue import CatalogueRoadmap, load_catalogue
from roadmaps.text import text_key
from tests.generation.catalogue_entries import ENTRIES, Entry, every_concept, every_roadmap

FILLER = re.compile(
    r"in this tutorial|in this (section|article|lesson|chapter)|let'?s dive|dive into|delve"
    r"|in today's|in conclusion|congratulations|happy coding|it is important to note"
    r"|it's worth noting|as we all know|simply put|unlock the power|game.changer|seamless"
    r"|leverage|robust",
    re.IGNORECASE,
)


def entries_of(roadmap: CatalogueRoadmap) -> list[Entry]:
    return [entry for entry in ENTRIES if entry.roadmap is roadmap]


def repeated(values: list[Any]) -> list[Any]:
    return [value for value, count in Counter(values).items() if count > 1]


@every_concept
def test_a_tutorial_is_as_long_as_one_sitting(entry: Entry) -> None:
    before_practice = entry.markdown.split("\n### Exercise ")[0]
    assert 500 <= len(before_practice.split()) <= 1_400
    assert len(entry.prose.split()) >= 500


@every_concept
def test_a_tutorial_says_something_in_every_sentence(entry: Entry) -> None:
    assert not FILLER.search(entry.markdown)


@every_concept
def test_a_tutorial_has_headings_below_the_pages_own(entry: Entry) -> None:
    assert len(entry.headings) >= 3
    assert "h1" not in {tag for tag, _ in entry.headings}


@every_concept
def test_a_tutorial_asks_has_exercises_with_hint_and_solution_and_ends_in_a_recap(
    entry: Entry,
) -> None:
    signs = [sign for tag, text in entry.headings if (sign := find_sign(int(tag[1]), text))]
    assert Sign.QUESTION in signs
    assert signs[-1] is Sign.RECAP
    exercises = "".join("E" if sign is Sign.EXERCISE else sign.value[0] for sign in signs)
    assert re.fullmatch(r"q+(Ehsc?)+r", exercises), exercises


@every_concept
def test_every_code_block_names_its_language(entry: Entry) -> None:
    assert "python" in {fence.info for fence in entry.fences}
    assert all(fence.info.strip() for fence in entry.fences)


@every_concept
def test_a_tutorial_has_no_raw_html_and_says_what_its_figures_show(entry: Entry) -> None:
    children = [child for token in entry.tokens for child in token.children or []]
    kinds = {token.type for token in entry.tokens + children}
    assert not kinds & {"html_block", "html_inline"}
    drawn = {file.stem for file in (entry.roadmap.folder / "figures").glob("*.svg")}
    assert not figure_problems(entry.markdown, drawn)


@every_concept
def test_three_to_six_resources_lead_to_different_places(entry: Entry) -> None:
    addresses = [resource.url for resource in entry.resources.resources]
    assert 3 <= len({canonical_url(address) for address in addresses}) == len(addresses) <= 6
    assert all(address.startswith("https://") for address in addresses)


@every_concept
def test_its_plan_says_how_long_its_links_take(entry: Entry) -> None:
    minutes = [resource.minutes for resource in entry.resources.resources]
    assert None not in minutes
    assert entry.concept.times.reading == sum(one or 0 for one in minutes)


@every_concept
def test_at_least_one_resource_is_for_practice(entry: Entry) -> None:
    assert {"exercise", "course"} & {resource.kind for resource in entry.resources.resources}


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


def test_python_web_development_has_55_concepts_or_more() -> None:
    (roadmap,) = [one for one in load_catalogue() if one.answers("Python web development")]
    assert len(roadmap.outline.concepts()) >= 55


@every_roadmap
def test_an_outline_passes_the_checks_of_a_models(roadmap: CatalogueRoadmap) -> None:
    assert not check_outline(roadmap.outline, OutlineRequest(roadmap.outline.title))
    assert not settle_prerequisites(roadmap.outline)[1]


@every_roadmap
def test_every_concept_has_its_files_and_no_file_is_left_over(roadmap: CatalogueRoadmap) -> None:
    keys = [concept.key for concept in roadmap.outline.concepts()]
    expected = {f"concepts/{key}{end}" for key in keys for end in (".md", ".quiz.yaml")}
    drawn = {name for entry in entries_of(roadmap) for name in list_figures(entry.markdown)}
    expected |= {f"figures/{name}.svg" for name in drawn}
    found = {
        str(path.relative_to(roadmap.folder))
        for path in roadmap.folder.rglob("*")
        if path.is_file()
    }
    assert found == expected | {"roadmap.yaml"}


@every_roadmap
def test_no_two_tutorials_share_a_heading(roadmap: CatalogueRoadmap) -> None:
    texts = [
        text_key(text)
        for entry in entries_of(roadmap)
        for tag, text in entry.headings
        if not find_sign(int(tag[1]), text)
    ]
    assert not repeated(texts)


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


@every_roadmap
def test_the_longest_choice_is_right_no_more_often_than_chance(roadmap: CatalogueRoadmap) -> None:
    """Of four choices a quarter; three standard deviations above that would be no chance."""
    longest = total = 0
    for entry in entries_of(roadmap):
        for question in entry.quiz.questions:
            if question.type == "single" and len(question.choices) == 4:
                total += 1
                ordered = sorted(question.choices, key=lambda choice: len(choice.text))
                is_longest = len(ordered[-1].text) > len(ordered[-2].text)
                longest += ordered[-1].is_correct and is_longest
    assert longest <= total / 4 + 3 * (total * 3 / 16) ** 0.5, f"{longest} of {total}"
