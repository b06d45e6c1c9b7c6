"""From what a model answered to what may be stored, or to what is wrong with it.

Each function runs for as long as the answer asks for, so outside of the event loop. An answer is
bounded before anybody looks into it.
"""

from __future__ import annotations

from datetime import date

from concepts.bounds import TUTORIAL_MAX_CHARACTERS
from concepts.content import ArtifactContent, QuizContent
from concepts.languages.guessing import tell_language
from concepts.languages.judging import find_wrong_language
from concepts.languages.tags import find_language, find_tag, primary_language
from concepts.lint.quiz import quiz_problems, settle_quiz
from concepts.lint.resources import settle_resources
from concepts.lint.tutorial import tutorial_problems
from generation.port.briefs import ConceptBrief
from generation.port.characters import whole_characters
from generation.port.outline import Outline
from generation.port.outline_rules import check_outline, outline_language_problems
from generation.port.pace import ask_for_pace
from generation.port.request import OutlineRequest
from generation.providers.openai.asking import Attempt
from generation.providers.openai.losses import note_losses
from generation.providers.openai.schemas import (
    MAX_COMPLAINTS,
    OutlineAnswer,
    QuizAnswer,
    ResourcesAnswer,
    as_said,
    count_problems,
    read_outline,
    read_quiz,
    read_resources,
    read_tutorial,
)
from generation.providers.openai.unwrapping import clean_tutorial

# A tutorial, and what was thought before it.
MAX_TOLD = 4 * TUTORIAL_MAX_CHARACTERS
# In the place of a language while none is known.
UNKNOWN = "und"


def judge_tutorial(told: str, brief: ConceptBrief) -> Attempt[ArtifactContent]:
    if len(told) > MAX_TOLD:
        return Attempt(told[:TUTORIAL_MAX_CHARACTERS], None, [_too_long(told)])
    markdown = clean_tutorial(told, brief.title)
    if len(markdown) > TUTORIAL_MAX_CHARACTERS:
        return Attempt(markdown[:TUTORIAL_MAX_CHARACTERS], None, [_too_long(markdown)])
    content, faults = read_tutorial(markdown)
    problems = [*tutorial_problems(markdown, brief.language), *faults]
    return note_losses(Attempt(whole_characters(markdown), content, problems), markdown)


def _too_long(text: str) -> str:
    return f"it has {len(text)} characters; {TUTORIAL_MAX_CHARACTERS} are the most"


def judge_resources(answer: ResourcesAnswer, brief: ConceptBrief) -> Attempt[ArtifactContent]:
    good, faults = read_resources(answer)
    content, problems = settle_resources(good, brief.language)
    # A bad link among good ones is dropped, not worth another call.
    said = as_said(answer)
    return note_losses(Attempt(said, content, [] if content else [*faults, *problems]), said)


def judge_quiz(answer: QuizAnswer, brief: ConceptBrief) -> Attempt[QuizContent]:
    quiz, problems = read_quiz(answer)
    if quiz is not None:
        quiz = settle_quiz(quiz, brief.language)
        problems = quiz_problems(quiz, brief.language)
    said = as_said(answer)
    return note_losses(Attempt(said, quiz, problems), said)


def judge_outline(
    answer: OutlineAnswer, request: OutlineRequest, language: str | None, today: date
) -> Attempt[Outline]:
    """Checked for the language that was settled, or else for the one it says or shows."""
    said = as_said(answer)
    if crowded := count_problems(answer):
        return Attempt(whole_characters(said[:TUTORIAL_MAX_CHARACTERS]), None, crowded)
    told = language or settle_language(answer, request.goal)
    outline, problems = read_outline(answer, told or UNKNOWN, request.level)
    if told is None:
        problems.append(f"“{answer.language[:100]}” is not a language tag such as en or zh-Hans")
        return Attempt(said, None, problems)
    if outline is None:
        return Attempt(said, None, problems)
    faults = check_outline(outline, request)[:MAX_COMPLAINTS]
    return Attempt(
        said,
        outline,
        [*faults, *outline_language_problems(outline, outline.language)],
        ask_for_pace(outline.total_minutes(), request, today),
        outline.total_minutes(),
    )


def settle_language(answer: OutlineAnswer, goal: str) -> str | None:
    """The tag of a plan's language: as it says, unless the text shows plainly that it is another,
    or that what it says is the name of no language; None where nobody can tell."""
    return settle_tag(answer.language, _sentences(answer), goal)


def settle_tag(said: str, text: str, goal: str) -> str | None:
    named, shown = find_tag(said), tell_language(text)
    if named is None or not _is_language(named):
        return shown or tell_language(goal) or named
    is_other = shown is not None and find_wrong_language(text, named) is not None
    return shown if is_other else named


def _is_language(tag: str) -> bool:
    """“BCP-47” is written like a tag; two letters, such as “co”, are one we may not know."""
    return find_language(tag) is not None or len(primary_language(tag)) == 2


def _sentences(answer: OutlineAnswer) -> str:
    parts: list[tuple[str, ...]] = [(answer.title, answer.summary)]
    for stage in answer.stages:
        parts += [(stage.title, stage.summary)]
        for module in stage.modules:
            parts += [(module.title, module.summary)]
            parts += [(one.title, one.summary, *one.objectives) for one in module.concepts]
    return "\n".join(text for part in parts for text in part)
