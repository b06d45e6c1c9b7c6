"""Flaws of a plan that is given as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from concepts.lint.placeholders import find_placeholder
from generation.port.outline import ConceptOutline, ModuleOutline, Outline, StageOutline
from generation.port.outline_rules import (
    PLACEHOLDER,
    minutes_problems,
    outline_language_problems,
)
from roadmaps.bounds import LevelName
from roadmaps.graph import Edge, break_cycles, forward_edges
from roadmaps.text import text_key, words

# Of the words of two concepts' titles, or of what they teach, so many are the same.
SAME_TITLE, SAME_AIM = 0.6, 0.8
# More than this times what a learner has is no plan for them.
MOST_OVER = 1.5
_COMMON_WORDS = (
    "a an the of and to in is it how what are for with on at by basics introduction intro"
    " de la el los las un una y en para con qué es"
    " der die das ein eine und von zu im mit für was ist 的 与 和 是 什 么"
)
_COMMON = frozenset(_COMMON_WORDS.split())
_CONCEPT = re.compile(r"- (\S+) \| (.+?) \| (\d+) \| (.+?) \| (.+)")


def read_outline_text(text: str, language: str, level: LevelName) -> Outline:
    """`# title`, a summary, `## stage`, `### module`, `- key | title | minutes | requires | aim`.

    Nothing is checked here but the form; minutes that no plan may have are kept within its bounds.
    """
    title, summary, *lines = [line for line in text.splitlines() if line.strip()]
    stages: list[tuple[str, list[tuple[str, list[ConceptOutline]]]]] = []
    for line in lines:
        if line.startswith("### "):
            stages[-1][1].append((line[4:], []))
        elif line.startswith("## "):
            stages.append((line[3:], []))
        else:
            stages[-1][1][-1][1].append(_concept(line))
    return Outline.model_construct(
        title=title.removeprefix("# "),
        summary=summary,
        language=language,
        level=level,
        assumptions=[],
        stages=[_stage(*stage) for stage in stages],
    )


def _stage(title: str, modules: list[tuple[str, list[ConceptOutline]]]) -> StageOutline:
    made = [
        ModuleOutline.model_construct(title=name, summary="", concepts=concepts)
        for name, concepts in modules
    ]
    return StageOutline.model_construct(title=title, summary="", modules=made)


def _concept(line: str) -> ConceptOutline:
    found = _CONCEPT.fullmatch(line)
    if found is None:
        raise ValueError(f"no concept: {line}")
    key, title, minutes, needs, aim = found.groups()
    return ConceptOutline.model_construct(
        key=key,
        title=title,
        summary=aim,
        kind="concept",
        difficulty=1,
        est_minutes=int(minutes),
        practice_minutes=None,
        objectives=[aim],
        keywords=[],
        requires=[] if needs == "-" else [one.strip() for one in needs.split(",")],
    )


def outline_flaws(outline: Outline, minutes: int | None = None) -> set[str]:
    """`minutes` are those that the learner has."""
    found = {
        "missing_prerequisite": any(_missing(outline)),
        "cycle": bool(_cyclic(outline)),
        "order": any(_too_early(outline)),
        "duplicate_ground": any(_same_ground(outline)),
        "placeholder": any(_gaps(outline)),
        "wrong_language": bool(outline_language_problems(outline, outline.language)),
        "impossible_minutes": _is_impossible(outline, minutes),
    }
    return {kind for kind, is_there in found.items() if is_there}


def _graph(outline: Outline) -> dict[str, list[str]]:
    concepts = outline.concepts()
    known = {concept.key for concept in concepts}
    return {one.key: [key for key in one.requires if key in known] for one in concepts}


def _missing(outline: Outline) -> Iterator[str]:
    known = {concept.key for concept in outline.concepts()}
    for concept in outline.concepts():
        yield from (key for key in concept.requires if key not in known)


def _places(outline: Outline) -> dict[str, int]:
    return {concept.key: place for place, concept in enumerate(outline.concepts())}


def _cyclic(outline: Outline) -> list[Edge]:
    return break_cycles(_graph(outline), _places(outline))[1]


def _too_early(outline: Outline) -> Iterator[Edge]:
    """Those that come before what they require, but for those that are so in a circle."""
    graph = _graph(outline)
    for key, required in forward_edges(graph, _places(outline)):
        if key not in _reached(graph, required):
            yield key, required


def _reached(graph: dict[str, list[str]], start: str) -> set[str]:
    reached, ahead = {start}, [start]
    while ahead:
        new = [key for key in graph[ahead.pop()] if key not in reached]
        reached.update(new)
        ahead += new
    return reached


def _same_ground(outline: Outline) -> Iterator[tuple[str, str]]:
    told = [(one.key, _content(one.title), _content(one.summary)) for one in outline.concepts()]
    for (key, title, aim), (other, title_2, aim_2) in combinations(told, 2):
        if _share(title, title_2) >= SAME_TITLE or _share(aim, aim_2) >= SAME_AIM:
            yield key, other


def _content(text: str) -> frozenset[str]:
    return frozenset(words(text) - _COMMON)


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    """Two words at least must be told: one may be a subject that both belong to."""
    if min(len(one), len(other)) < 2:
        return float(bool(one) and one == other)
    return len(one & other) / len(one | other)


def _gaps(outline: Outline) -> Iterator[str]:
    texts = [
        *(stage.title for stage in outline.stages),
        *(module.title for module in outline.modules()),
        *(text for one in outline.concepts() for text in (one.title, one.summary, *one.objectives)),
    ]
    for text in texts:
        if PLACEHOLDER.fullmatch(text_key(text)) or find_placeholder(text):
            yield text


def _is_impossible(outline: Outline, minutes: int | None) -> bool:
    total = sum(concept.est_minutes for concept in outline.concepts())
    is_too_much = minutes is not None and total > MOST_OVER * minutes
    return is_too_much or any(minutes_problems(outline))
