"""What is wrong with an outline."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from concepts.languages.judging import find_wrong_language
from concepts.languages.tags import primary_language
from generation.port.outline import Outline
from generation.port.request import TINY_CONCEPTS, OutlineRequest
from generation.port.skeleton import Skeleton
from roadmaps.graph import Edge, break_cycles, forward_edges
from roadmaps.text import text_key


def outline_language_problems(outline: Outline, language: str) -> list[str]:
    """Titles are judged all together and by script, the sentences by script and words."""
    stages, modules, concepts = outline.stages, outline.modules(), outline.concepts()
    sentences = [
        outline.summary,
        *(stage.summary for stage in stages),
        *(module.summary for module in modules),
        *(text for concept in concepts for text in (concept.summary, *concept.objectives)),
    ]
    titles = [
        *(stage.title for stage in stages),
        *(module.title for module in modules),
        *(concept.title for concept in concepts),
    ]
    complaints = {
        "the summaries and objectives": find_wrong_language("\n".join(sentences), language),
        "the titles": find_wrong_language("\n".join(titles), language, by_words=False),
    }
    return [f"{name}: {wrong}" for name, wrong in complaints.items() if wrong]


MIN_MINUTES, MAX_MINUTES = 5, 240

# Among them what a prompt shows as an example ("First concept"), and what is no more than a number.
PLACEHOLDER = re.compile(
    r"(?:(?:the )?(?:first|second|third|fourth|fifth|sixth|next|last|another) )?"
    r"(stage|module|concept|chapter|part|topic|lesson)(?:\s*\d+)?[\s:.–—-]*"
    r"|\d{1,2}|overview|placeholder|untitled|tbd|todo|lorem ipsum.*|\.+|…"
)


def check_outline(
    outline: Outline, request: OutlineRequest, *, authored: bool = False
) -> list[str]:
    """What is wrong with an outline, one sentence each; an empty list is a pass.

    Cycles are not complained of: `settle_prerequisites` drops their weakest edge. People who wrote
    one knew how long it had to be: without a wish, theirs may have any number of concepts.
    """
    if authored and request.concepts is None:
        request = replace(request, concepts=len(outline.concepts()))
    return [
        *count_problems(outline, request),
        *title_problems(outline),
        *_references(outline),
        *minutes_problems(outline),
        *tag_problems(outline, request),
    ]


def settle_prerequisites(outline: Outline) -> tuple[dict[str, list[str]], list[Edge]]:
    """The acyclic prerequisites by key, and the edges that had to go (to be recorded)."""
    concepts = outline.concepts()
    position = {concept.key: index for index, concept in enumerate(concepts)}
    graph = {concept.key: list(dict.fromkeys(concept.requires)) for concept in concepts}
    return break_cycles(graph, position)


def count_problems(outline: Outline | Skeleton, request: OutlineRequest) -> Iterator[str]:
    count = len(outline.concepts())
    least, most = request.wanted
    if not least <= count <= most:
        yield f"{count} concepts; {least} to {most} are wanted"
    if len(outline.stages) < 2 and count >= TINY_CONCEPTS:
        yield "one stage for everything; at least two are wanted"


def title_problems(outline: Outline | Skeleton) -> Iterator[str]:
    concepts = outline.concepts()
    yield from _repeated("concept title", [concept.title for concept in concepts])
    yield from _repeated("concept key", [concept.key for concept in concepts])
    yield from _repeated("stage title", [stage.title for stage in outline.stages])
    for title in (
        outline.title,
        *(stage.title for stage in outline.stages),
        *(module.title for module in outline.modules()),
        *(concept.title for concept in concepts),
    ):
        if PLACEHOLDER.fullmatch(text_key(title)):
            yield f"“{title}” is a placeholder, not a title"


def _repeated(what: str, values: list[str]) -> Iterator[str]:
    for value, count in Counter(text_key(value) for value in values).items():
        if count > 1:
            yield f"{what} “{value}” occurs {count} times"


def _references(outline: Outline) -> Iterator[str]:
    position = {concept.key: index for index, concept in enumerate(outline.concepts())}
    for concept in outline.concepts():
        for required in concept.requires:
            if required == concept.key:
                yield f"“{concept.key}” requires itself"
            elif required not in position:
                yield f"“{concept.key}” requires “{required}”, which does not exist"
    known = {
        concept.key: [key for key in concept.requires if key in position and key != concept.key]
        for concept in outline.concepts()
    }
    acyclic, _ = break_cycles(known, position)
    for key, required in forward_edges(acyclic, position):
        yield f"“{key}” requires “{required}”, which comes later"


def minutes_problems(outline: Outline) -> Iterator[str]:
    for concept in outline.concepts():
        if not MIN_MINUTES <= concept.est_minutes <= MAX_MINUTES:
            yield (
                f"“{concept.key}” takes {concept.est_minutes} minutes; "
                f"{MIN_MINUTES} to {MAX_MINUTES} are wanted"
            )


def tag_problems(outline: Outline | Skeleton, request: OutlineRequest) -> Iterator[str]:
    if request.language and primary_language(request.language) != primary_language(
        outline.language
    ):
        yield f"written in “{outline.language}” instead of “{request.language}”"
