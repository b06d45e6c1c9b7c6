"""From what a model answered to what may be stored, or to what is wrong with it.

Each function runs for as long as the answer asks for, so outside of the event loop. An answer is
bounded before anybody looks into it.
"""

from __future__ import annotations

from datetime import date

from concepts.bounds import TUTORIAL_MAX_CHARACTERS
from concepts.content import ArtifactContent, QuizContent
from generation.answers import (
    outline_language_problems,
    quiz_problems,
    settle_quiz,
    settle_resources,
    tutorial_problems,
)
from generation.languages import find_tag
from generation.outline import Outline, OutlineRequest, ask_for_pace, check_outline
from generation.providers.asking import Attempt
from generation.providers.base import ConceptBrief
from generation.providers.schemas import (
    OutlineAnswer,
    QuizAnswer,
    ResourcesAnswer,
    read_outline,
    read_quiz,
    read_resources,
    read_tutorial,
)
from generation.unwrapping import clean_tutorial

# A tutorial, and what was thought before it.
MAX_TOLD = 4 * TUTORIAL_MAX_CHARACTERS


def judge_tutorial(told: str, brief: ConceptBrief) -> Attempt[ArtifactContent]:
    if len(told) > MAX_TOLD:
        return Attempt(told[:TUTORIAL_MAX_CHARACTERS], None, [_too_long(told)])
    markdown = clean_tutorial(told, brief.title)
    if len(markdown) > TUTORIAL_MAX_CHARACTERS:
        return Attempt(markdown[:TUTORIAL_MAX_CHARACTERS], None, [_too_long(markdown)])
    content, faults = read_tutorial(markdown)
    return Attempt(markdown, content, [*tutorial_problems(markdown, brief.language), *faults])


def _too_long(text: str) -> str:
    return f"it has {len(text)} characters; {TUTORIAL_MAX_CHARACTERS} are the most"


def judge_resources(answer: ResourcesAnswer, brief: ConceptBrief) -> Attempt[ArtifactContent]:
    good, faults = read_resources(answer)
    content, problems = settle_resources(good, brief.language)
    # A bad link among good ones is dropped, not worth another call.
    return Attempt(answer.model_dump_json(), content, [] if content else [*faults, *problems])


def judge_quiz(answer: QuizAnswer, brief: ConceptBrief) -> Attempt[QuizContent]:
    quiz, problems = read_quiz(answer)
    if quiz is not None:
        quiz = settle_quiz(quiz, brief.language)
        problems = quiz_problems(quiz, brief.language)
    return Attempt(answer.model_dump_json(), quiz, problems)


def judge_outline(
    answer: OutlineAnswer, request: OutlineRequest, language: str | None, today: date
) -> Attempt[Outline]:
    """Checked for the language that was settled, or else for the one it says it is in."""
    said, named = answer.model_dump_json(), find_tag(answer.language)
    if language is None and named is None:
        problem = f"“{answer.language}” is not a language tag such as en or zh-Hans"
        return Attempt(said, None, [problem])
    outline, problems = read_outline(answer, language or named, request.level)
    if outline is None:
        return Attempt(said, None, problems)
    return Attempt(
        said,
        outline,
        [*check_outline(outline, request), *outline_language_problems(outline, outline.language)],
        ask_for_pace(outline, request, today),
        outline.total_minutes(),
    )
