"""An outline that somebody brings along: read, or told what is wrong with its lines."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concepts.languages.guessing import tell_language
from generation.port.request import OutlineRequest
from generation.port.skeleton import Skeleton
from generation.port.skeleton_pasting import read_pasted
from generation.port.skeleton_reading import Parsed, build_skeleton

MOST_TOLD = 20
BASE_LANGUAGE = "en"

# What the pure modules say, so that it is translated.
MESSAGES = (
    gettext_noop("The text is longer than any plan: what comes after was not read."),
    gettext_noop("A title has no more than 300 characters."),
    gettext_noop("There are no stages: write “## Stage”, “### Module” and “- Concept”."),
    gettext_noop("Nothing is in it: a stage needs a module, and a module needs a concept."),
    gettext_noop("This is no title: it is empty, or holds signs that no text has."),
    gettext_noop("Another concept has this title already."),
    gettext_noop("A plan has 250 stages, modules and concepts at most: the rest is left out."),
    gettext_noop(
        "Name the columns of the table in its first row: stage, module and concept, or week and "
        "topic."
    ),
    gettext_noop("More than three columns name parts of a plan: keep stage, module and concept."),
    gettext_noop("A quotation mark in this table is not closed."),
)


class OutlineFaults(Exception):
    """What is wrong with it, a sentence each, with the number of the line."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def read_outline(text: str, wanted: OutlineRequest) -> Skeleton:
    """The plan in it; what it does not say of itself comes from the goal and the wishes.

    Raises OutlineFaults.
    """
    parsed = read_pasted(text)
    faults = [_tell(problem.line, problem.message) for problem in parsed.problems]
    faults += [_tell(line, _("This line is no part of the plan.")) for line in parsed.passed_over]
    if faults:
        raise OutlineFaults(faults[:MOST_TOLD])
    titles = [stage.title for stage in parsed.stages]
    whole = Parsed(
        title=parsed.title or wanted.goal,
        summary=parsed.summary or ", ".join(titles),
        language=parsed.language,
        level=parsed.level,
        assumptions=parsed.assumptions,
        stages=parsed.stages,
    )
    language = wanted.language or parsed.language or _language_of(parsed)
    skeleton, problems = build_skeleton(whole, language=language, level=wanted.level)
    if skeleton is None:
        raise OutlineFaults(problems)
    return skeleton


def _language_of(parsed: Parsed) -> str:
    titles = [
        concept.title
        for stage in parsed.stages
        for module in stage.modules
        for concept in module.concepts
    ]
    return tell_language("\n".join(titles)) or BASE_LANGUAGE


def _tell(line: int, message: str) -> str:
    if not line:
        return _(message)
    return _("Line %(line)d: %(message)s") % {"line": line, "message": _(message)}
