"""What is built in holds what CONTRIBUTING.md asks of it, concept by concept and as a whole.

What is asked of some roadmaps only, or of what is written in one language, is in
`catalogue_rules.py`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from concepts.content import ArtifactKind, QuestionContent
from concepts.languages.judging import find_wrong_language
from concepts.links.public import canonical_url
from concepts.lint.figures import figure_problems, list_figures
from concepts.lint.quiz_rules import lint_quiz
from concepts.lint.tutorial import count_words
from concepts.markdown.signs import Sign, find_sign
from concepts.shuffling import shuffle_choices
from generation.port.outline_rules import check_outline, settle_prerequisites
from generation.port.request import OutlineRequest
from generation.providers.catalogue import CatalogueRoadmap
from roadmaps.text import text_key
from tests.generation.catalogue_entries import (
    ROADMAPS,
    Entry,
    entries_of,
    every_roadmap,
    find_faults,
    milestones_of,
)
from tests.generation.catalogue_rules import GROUNDS, TONGUES, ground_of, tongue_of

# How a question is answered stands beside it, in the language of the interface.
SAYS_HOW = re.compile(
    r"(select|choose|tick|mark) (one|all|the right)|true or false:|[单多]选", re.IGNORECASE
)


def repeated(values: list[Any]) -> list[Any]:
    return [value for value, count in Counter(values).items() if count > 1]


def test_every_roadmap_says_what_is_asked_of_it() -> None:
    assert {roadmap.folder.name for roadmap in ROADMAPS} <= GROUNDS.keys()
    assert all(tongue_of(roadmap) in TONGUES.values() for roadmap in ROADMAPS)


@every_roadmap
def test_a_tutorial_is_as_long_as_one_sitting(roadmap: CatalogueRoadmap) -> None:
    tongue = tongue_of(roadmap)
    least, most = tongue.sitting

    def judge(entry: Entry) -> object:
        sitting, prose = count_words(entry.before_practice), count_words(entry.prose)
        fits = least <= sitting <= most and prose >= tongue.prose
        return None if fits else (sitting, prose)

    assert not find_faults(roadmap, judge)


@every_roadmap
def test_a_tutorial_says_something_in_every_sentence(roadmap: CatalogueRoadmap) -> None:
    assert not find_faults(roadmap, lambda entry: tongue_of(roadmap).filler.findall(entry.markdown))


@every_roadmap
def test_a_tutorial_is_in_the_language_of_its_roadmap(roadmap: CatalogueRoadmap) -> None:
    language = roadmap.outline.language
    assert not find_faults(roadmap, lambda entry: find_wrong_language(entry.markdown, language))


@every_roadmap
def test_a_tutorial_has_headings_below_the_pages_own(roadmap: CatalogueRoadmap) -> None:
    def judge(entry: Entry) -> object:
        tags = [tag for tag, _ in entry.headings]
        return tags if len(tags) < 3 or "h1" in tags else None

    assert not find_faults(roadmap, judge)


@every_roadmap
def test_a_tutorial_asks_has_exercises_with_hint_and_solution_and_ends_in_a_recap(
    roadmap: CatalogueRoadmap,
) -> None:
    def judge(entry: Entry) -> object:
        signs = [sign for tag, text in entry.headings if (sign := find_sign(int(tag[1]), text))]
        written = "".join("E" if sign is Sign.EXERCISE else sign.value[0] for sign in signs)
        return None if re.fullmatch(r"q+(Ehsc?)+r", written) else written

    assert not find_faults(roadmap, judge)


@every_roadmap
def test_every_code_block_names_its_language_and_every_lesson_has_the_grounds(
    roadmap: CatalogueRoadmap,
) -> None:
    code = ground_of(roadmap).code

    def judge(entry: Entry) -> object:
        languages = {fence.info.strip() for fence in entry.fences}
        fits = code in languages and "" not in languages if code else languages <= {"text"}
        return None if fits else languages or "no code"

    assert not find_faults(roadmap, judge)


@every_roadmap
def test_a_tutorial_has_no_raw_html_and_says_what_its_figures_show(
    roadmap: CatalogueRoadmap,
) -> None:
    drawn = {file.stem for file in (roadmap.folder / "figures").glob("*.svg")}

    def judge(entry: Entry) -> object:
        children = [child for token in entry.tokens for child in token.children or []]
        kinds = {token.type for token in entry.tokens + children}
        return kinds & {"html_block", "html_inline"} or figure_problems(entry.markdown, drawn)

    assert not find_faults(roadmap, judge)


@every_roadmap
def test_a_drawing_is_small_and_its_letters_are_read_on_a_narrow_screen(
    roadmap: CatalogueRoadmap,
) -> None:
    for file in (roadmap.folder / "figures").glob("*.svg"):
        drawn = file.read_text(encoding="utf-8")
        width = int(re.findall(r'viewBox="0 0 (\d+) \d+"', drawn)[0])
        smallest = min(map(int, re.findall(r'font-size="(\d+)"', drawn)))
        # Of 320 pixels a drawing gets 270.
        assert smallest * 270 / width >= 9, file.name
        assert len(drawn.encode()) <= 4 * 1024, file.name


@every_roadmap
def test_three_to_six_resources_lead_to_different_places(roadmap: CatalogueRoadmap) -> None:
    def judge(entry: Entry) -> object:
        addresses = [resource.url for resource in entry.resources.resources]
        places = {canonical_url(address) for address in addresses}
        fits = 3 <= len(places) == len(addresses) <= 6
        is_safe = all(address.startswith("https://") for address in addresses)
        return None if fits and is_safe else addresses

    assert not find_faults(roadmap, judge)


@every_roadmap
def test_its_plan_says_how_long_its_links_take(roadmap: CatalogueRoadmap) -> None:
    def judge(entry: Entry) -> object:
        minutes = [resource.minutes for resource in entry.resources.resources]
        fits = None not in minutes and entry.concept.times.reading == sum(m or 0 for m in minutes)
        return None if fits else minutes

    assert not find_faults(roadmap, judge)


@every_roadmap
def test_at_least_one_resource_is_for_practice(roadmap: CatalogueRoadmap) -> None:
    def judge(entry: Entry) -> object:
        kinds = {resource.kind for resource in entry.resources.resources}
        return None if kinds & {"exercise", "course"} else kinds

    assert not find_faults(roadmap, judge)


@every_roadmap
def test_a_quiz_of_five_to_eight_questions_passes_the_lint(roadmap: CatalogueRoadmap) -> None:
    def judge(entry: Entry) -> object:
        count = len(entry.quiz.questions)
        return lint_quiz(entry.quiz) or (None if 5 <= count <= 8 else f"{count} questions")

    assert not find_faults(roadmap, judge)


@every_roadmap
def test_a_quiz_asks_for_every_objective_and_no_other(roadmap: CatalogueRoadmap) -> None:
    def judge(entry: Entry) -> object:
        return {question.objective for question in entry.quiz.questions} ^ {
            *entry.concept.objectives
        }

    assert not find_faults(roadmap, judge)


@every_roadmap
def test_everything_was_written_and_reviewed_by_people(roadmap: CatalogueRoadmap) -> None:
    def judge(entry: Entry) -> object:
        written = [entry.written(kind) for kind in ArtifactKind]
        return [one for one in written if not one.authored or type(one.reviewed_on) is not date]

    assert not find_faults(roadmap, judge)


@every_roadmap
def test_a_roadmap_covers_its_ground(roadmap: CatalogueRoadmap) -> None:
    assert len(roadmap.outline.concepts()) >= ground_of(roadmap).concepts
    assert len(roadmap.outline.stages) >= ground_of(roadmap).stages


@every_roadmap
def test_its_project_grows_by_a_milestone_in_every_stage_that_says_when_it_is_accepted(
    roadmap: CatalogueRoadmap,
) -> None:
    reached = {entry.concept.key for entry in milestones_of(roadmap)}
    for stage in roadmap.outline.stages:
        keys = {concept.key for module in stage.modules for concept in module.concepts}
        assert keys & reached, stage.title


@every_roadmap
def test_a_step_of_the_project_is_among_the_minutes_of_its_lesson(
    roadmap: CatalogueRoadmap,
) -> None:
    times = {entry.concept.key: entry.concept.times for entry in milestones_of(roadmap)}
    assert not {key for key, one in times.items() if one.practice < 2 * one.lesson}


@every_roadmap
def test_an_outline_passes_the_checks_of_a_models(roadmap: CatalogueRoadmap) -> None:
    request = OutlineRequest(roadmap.outline.title, language=roadmap.outline.language)
    assert not check_outline(roadmap.outline, request, authored=True)
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
    assert not repeated([paragraph for paragraph in paragraphs if count_words(paragraph) >= 8])


@every_roadmap
def test_no_question_is_asked_twice(roadmap: CatalogueRoadmap) -> None:
    quizzes = [entry.quiz for entry in entries_of(roadmap)]
    assert not repeated([text_key(asked.stem) for quiz in quizzes for asked in quiz.questions])


@every_roadmap
def test_no_question_says_how_it_is_answered_for_the_page_does(roadmap: CatalogueRoadmap) -> None:
    stems = [asked.stem for entry in entries_of(roadmap) for asked in entry.quiz.questions]
    assert [stem for stem in stems if SAYS_HOW.search(stem)] == []


@every_roadmap
def test_a_rationale_leans_on_no_other_as_choices_come_in_any_order(
    roadmap: CatalogueRoadmap,
) -> None:
    def judge(entry: Entry) -> object:
        choices = [choice for question in entry.quiz.questions for choice in question.choices]
        rationales = [choice.rationale for choice in choices]
        return [text for text in rationales if tongue_of(roadmap).leaning.match(text)]

    assert not find_faults(roadmap, judge)


def _with_four_choices(roadmap: CatalogueRoadmap, *, shown: bool) -> Iterator[QuestionContent]:
    for entry in entries_of(roadmap):
        quiz = shuffle_choices(entry.quiz, seed=entry.concept.key) if shown else entry.quiz
        for question in quiz.questions:
            if question.type == "single" and len(question.choices) == 4:
                yield question


@every_roadmap
def test_no_position_is_a_favourite_of_the_right_answers(roadmap: CatalogueRoadmap) -> None:
    """Of four a quarter each; three standard deviations beside that would be no chance."""
    keys = Counter(
        [choice.is_correct for choice in question.choices].index(True)
        for question in _with_four_choices(roadmap, shown=True)
    )
    most = 3 * (keys.total() * 3 / 16) ** 0.5
    assert all(abs(keys[place] - keys.total() / 4) <= most for place in range(4)), keys


@every_roadmap
def test_the_longest_choice_is_right_no_more_often_than_chance(roadmap: CatalogueRoadmap) -> None:
    """Of four choices a quarter; three standard deviations above that would be no chance."""
    longest = total = 0
    for question in _with_four_choices(roadmap, shown=False):
        total += 1
        ordered = sorted(question.choices, key=lambda choice: len(choice.text))
        is_longest = len(ordered[-1].text) > len(ordered[-2].text)
        longest += ordered[-1].is_correct and is_longest
    assert longest <= total / 4 + 3 * (total * 3 / 16) ** 0.5, f"{longest} of {total}"
