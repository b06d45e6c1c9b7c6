"""Prompts: files with a version, filled in. Pure.

What people typed and what models wrote goes into one JSON document between delimiters that it
cannot close. The rules (the system part) never hold a word of it: they are filled in from closed
lists of ours.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from string import Template
from typing import Any

from concepts.languages.tags import describe_language, request_language, true_and_false
from generation.port.briefs import ConceptBrief
from generation.providers.dialogue import Prompt

PROMPTS_DIR = Path(__file__).resolve().parent / "prompts"
# Prose words a minute of learning: reading is a part of it, trying and exercises are the rest.
WORDS_A_MINUTE, LEAST_WORDS, MOST_WORDS = 35, 500, 1_800
IDEOGRAPHS_A_WORD = 1.7

LEVEL_RULES = {
    "beginner": "A beginner in this subject. Take no knowledge of it for granted: every term is "
    "explained at its first use, every step is shown.",
    "intermediate": "An intermediate learner: the basics and the usual terms of the subject are "
    "known and need no explanation; connections, limits and reasons do.",
    "advanced": "An advanced learner: works in the subject. Be precise and dense; dwell on edge "
    "cases, trade-offs and what is commonly got wrong by the experienced.",
    "": "The goal tells how much the learner knows; where it does not, plan for a beginner.",
}
KIND_RULES = {
    "fact": "This concept is a fact to be remembered: connect it to what is known, and make the "
    "exercises ask for it from memory, in varied ways.",
    "concept": "This concept is an idea to be understood: give examples and counter-examples, and "
    "make the exercises tell them apart.",
    "procedure": "This concept is a procedure to be carried out: number its steps, say how one "
    "sees that each has worked and what to do when not, and have the exercises carry it out.",
    "design": "This concept is a decision: show at least two options on the same case, with what "
    "each costs, and have the exercises decide and give reasons.",
}


@dataclass(frozen=True)
class PromptFile:
    purpose: str
    version: str
    max_tokens: int
    system: str
    user: str
    # What its head says besides.
    notes: Mapping[str, str]


@functools.cache
def load_prompt(purpose: str) -> PromptFile:
    text = (PROMPTS_DIR / f"{purpose}.md").read_text(encoding="utf-8")
    _, front, body = text.split("---\n", 2)
    notes = dict(line.split(": ", 1) for line in front.strip().split("\n"))
    version, max_tokens = notes.pop("version"), int(notes.pop("max_tokens"))
    system, user = body.split("=== user ===\n")
    return PromptFile(purpose, version, max_tokens, system.strip(), user.strip(), notes)


def artifact_prompt(purpose: str, brief: ConceptBrief) -> Prompt:
    """`purpose` is tutorial, resources or quiz."""
    labels = true_and_false(brief.language) or ("true", "false")
    words = {
        "language_rule": language_rule(brief.language),
        "language_request": request_language(brief.language),
        "level_rule": LEVEL_RULES[brief.level if brief.level in LEVEL_RULES else ""],
        "kind_rule": KIND_RULES.get(brief.kind, KIND_RULES["concept"]),
        "minutes": str(brief.est_minutes),
        "words": _length(brief),
        "labels": f"“{labels[0]}” and “{labels[1]}”",
    }
    prompt = fill_prompt(purpose, words, _describe(brief), subject=brief.key)
    return _with_wish(prompt, brief) if brief.instruction else prompt


def _with_wish(prompt: Prompt, brief: ConceptBrief) -> Prompt:
    """The same task, with what somebody wishes of a new version: data, as the goal is."""
    file = load_prompt("wish")
    user = Template(file.user).substitute(
        earlier=as_data(brief.earlier),
        wish=as_data(brief.instruction),
        language_request=request_language(brief.language),
    )
    return replace(
        prompt,
        version=f"{prompt.version}+{file.version}",
        system=f"{prompt.system}\n\n{file.system}",
        user=f"{prompt.user}\n\n{user}",
    )


def repair_prompt(
    original: Prompt, answer: str, faults: Sequence[str], language: str | None
) -> Prompt:
    """The same task once more, with the answer that failed and the reasons."""
    file = load_prompt("repair")
    user = Template(file.user).substitute(
        answer=_ANSWER_END.sub(r"<\\/", answer),
        faults=as_data(list(faults)),
        language_request=request_language(language) if language else GOALS_LANGUAGE,
    )
    return replace(
        original,
        purpose="repair",
        version=f"{original.version}+{file.version}",
        system=f"{original.system}\n\n{file.system}",
        user=f"{original.user}\n\n{user}",
        max_tokens=max(original.max_tokens, file.max_tokens),
    )


def shorter_prompt(asked: Prompt, task: str, language: str | None, *, doublings: int = 1) -> Prompt:
    """The same question after its answer was cut off: less is asked for, with more room.

    `task` is the purpose of what is written, also where `asked` repairs it.
    """
    file = load_prompt("shorter")
    user = Template(file.user).substitute(
        how=file.notes[task],
        language_request=request_language(language) if language else GOALS_LANGUAGE,
    )
    return replace(
        asked,
        version=f"{asked.version}+{file.version}",
        user=f"{asked.user}\n\n{user}",
        max_tokens=max(asked.max_tokens, min(asked.max_tokens * 2**doublings, file.max_tokens)),
    )


def blind_solve_prompt(
    questions: Sequence[Mapping[str, Any]], *, subject: str, opinion: int = 1
) -> Prompt:
    """`questions` come without key, rationales and explanation. Another `opinion` is another
    prompt, also where nothing else differs: what has been answered is remembered."""
    told = {"opinion": opinion} if opinion > 1 else {}
    return fill_prompt("blind_solve", {}, {**told, "questions": list(questions)}, subject=subject)


def fill_prompt(
    purpose: str,
    words: Mapping[str, str],
    data: Mapping[str, Any],
    *,
    max_tokens: int = 0,
    subject: str = "",
    indent: int | None = 1,
) -> Prompt:
    """The first line of the rules names the task, also where an answer to it is mended."""
    file = load_prompt(purpose)
    return Prompt(
        purpose=purpose,
        version=file.version,
        system=f"Task: {purpose}\n\n{Template(file.system).substitute(words)}",
        user=Template(file.user).substitute(words, data=as_data(data, indent=indent)),
        max_tokens=max_tokens or file.max_tokens,
        subject=subject,
    )


def as_data(value: object, *, indent: int | None = 1) -> str:
    """JSON without angle brackets: whatever is in it, it cannot close its delimiters."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return text.replace("<", "\\u003c").replace(">", "\\u003e")


_ANSWER_END = re.compile(r"</(?=answer)", re.IGNORECASE)
GOALS_LANGUAGE = "Write everything in the language the goal is written in."


def language_rule(language: str) -> str:
    return f"The content language is {describe_language(language)}. {request_language(language)}"


def _length(brief: ConceptBrief) -> str:
    words = min(max(brief.est_minutes * WORDS_A_MINUTE, LEAST_WORDS), MOST_WORDS)
    if brief.language.casefold().startswith(("zh", "ja")):
        return f"{round(words * IDEOGRAPHS_A_WORD, -2):.0f} characters"
    return f"{round(words, -2)} words"


def _describe(brief: ConceptBrief) -> dict[str, Any]:
    return {
        "roadmap": {"title": brief.roadmap_title, "goal": brief.goal},
        "concept": {
            "title": brief.title,
            "summary": brief.summary,
            "kind": brief.kind,
            "difficulty": f"{brief.difficulty} of 5",
            "minutes": brief.est_minutes,
            "objectives": list(brief.objectives),
            "keywords": list(brief.keywords),
        },
        "prerequisites": list(brief.requires),
        "path_so_far": list(brief.path),
        "neighbours": [{"title": one.title, "summary": one.summary} for one in brief.neighbours],
    }
