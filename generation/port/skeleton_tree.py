"""From the items of a text, as deep as each lies, to stages, modules and concepts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from generation.port.outline import MOST_CONCEPTS
from generation.port.skeleton import (
    SkeletonConcept,
    SkeletonModule,
    SkeletonStage,
    concept_key,
    plain_siblings,
)
from generation.port.skeleton_lines import BULLETS, LABELLED_STAGE, Item
from roadmaps.text import text_key

STAGE, MODULE, CONCEPT = range(3)

EMPTY = "Nothing is in it: a stage needs a module, and a module needs a concept."
NO_TITLE = "This is no title: it is empty, or holds signs that no text has."
DOUBLE = "Another concept has this title already."
TOO_MANY = "A plan has 250 stages, modules and concepts at most: the rest is left out."


@dataclass(frozen=True)
class Placed:
    line: int
    item: Item


@dataclass
class Built:
    """What became of the items. Stages and modules may still be empty: they were just begun."""

    stages: list[SkeletonStage] = field(default_factory=list)
    title: str = ""
    problems: list[tuple[int, str]] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    passed_over: list[int] = field(default_factory=list)


@dataclass
class _Module:
    line: int
    title: str
    concepts: list[SkeletonConcept] = field(default_factory=list)


@dataclass
class _Stage:
    line: int
    title: str
    modules: list[_Module] = field(default_factory=list)


def build_stages(items: Sequence[Placed], title: str) -> Built:
    """`title` is what a field says of the whole: without it, a first heading may be it."""
    built = Built()
    ranks = list(_ranks(items))
    first = _title_at(items, ranks, title)
    if first:
        built.title = items[0].item.title
    depths = _depths(ranks[first:])
    growing = _Growing(built)
    for placed, depth in zip(items[first:], depths, strict=True):
        growing.add(placed, depth)
    growing.finish()
    return built


def _ranks(items: Sequence[Placed]) -> Iterator[int]:
    """How deep each lies: a heading by its mark, a bullet by those above it in its list."""
    above: list[Item] = []
    for item in (placed.item for placed in items):
        if item.rank < BULLETS:
            above.clear()
            yield item.rank
            continue
        while above and not _lies_below(item, above[-1]):
            above.pop()
        yield BULLETS + len(above)
        above.append(item)


def _lies_below(item: Item, other: Item) -> bool:
    is_further = item.indent >= other.indent + 2
    return is_further or (item.parts > other.parts and item.indent >= other.indent)


def _title_at(items: Sequence[Placed], ranks: list[int], title: str) -> int:
    """1 where the first item is the title of the whole: the one heading of the highest kind, above
    others or above a list of three kinds, where no field tells the title or tells the same."""
    if not ranks or ranks[0] != 1 or ranks.count(1) > 1:
        return 0
    below = set(ranks[1:])
    if not any(rank < BULLETS for rank in below) and len(below) < 3:
        return 0
    says_the_same = text_key(items[0].item.title) == text_key(title)
    return int(not title or says_the_same or len(set(ranks)) > 3)


def _depths(ranks: list[int]) -> list[int | None]:
    """Stage, module or concept for each, by the kinds of marks that there are; None for none."""
    used = sorted(set(ranks))
    heads = [rank for rank in used if rank < BULLETS]
    lists = [rank for rank in used if rank >= BULLETS]
    hashes = [rank for rank in heads if rank < LABELLED_STAGE]
    if lists and len(hashes) >= 2:
        heads = hashes
    if len(heads) == 1 and lists and len(ranks) > 1 and ranks[0] == ranks[1] == heads[0]:
        return _by_emptiness(ranks, heads[0])
    if lists:
        kept = heads[-2:]
        kept += lists[: 3 - len(kept)]
    else:
        kept = heads[:3]
    return [_depth_of(kept.index(rank), kept) if rank in kept else None for rank in ranks]


def _depth_of(place: int, kept: list[int]) -> int:
    """Of two kinds, the one with bullets is that of concepts; a mere list has no stages."""
    is_last = place == len(kept) - 1
    return CONCEPT if is_last and kept[-1] >= BULLETS else place


def _by_emptiness(ranks: list[int], head: int) -> list[int | None]:
    """Headings of one kind: those without anything below are stages, the others their modules."""
    after = [*ranks[1:], head]
    kinds: dict[int, int] = {BULLETS: CONCEPT}
    return [
        (STAGE if below == head else MODULE) if rank == head else kinds.get(rank)
        for rank, below in zip(ranks, after, strict=True)
    ]


class _Growing:
    """Stages in the making. What stands before the first of them is none of theirs."""

    def __init__(self, built: Built) -> None:
        self._built = built
        self._stages: list[_Stage] = []
        self._titles: set[str] = set()
        self._modules = 0

    def add(self, placed: Placed, depth: int | None) -> None:
        line, item = placed.line, placed.item
        if depth is None or (depth != STAGE and not self._stages):
            self._built.passed_over.append(line)
        elif self._is_full(depth):
            if (line_problem := (0, TOO_MANY)) not in self._built.problems:
                self._built.problems.append(line_problem)
        elif depth == STAGE:
            self._stages.append(_Stage(line, item.title))
        elif depth == MODULE:
            self._add_module(line, item.title)
        else:
            self._add_concept(line, item)

    def _is_full(self, depth: int) -> bool:
        counts = (len(self._stages), self._modules, len(self._built.lines))
        return counts[depth] >= MOST_CONCEPTS

    def _add_module(self, line: int, title: str) -> None:
        self._modules += 1
        self._stages[-1].modules.append(_Module(line, title))

    def _add_concept(self, line: int, item: Item) -> None:
        stage = self._stages[-1]
        if not stage.modules:
            self._add_module(stage.line, stage.title)
        key = concept_key(len(self._built.lines) + 1)
        try:
            concept = SkeletonConcept(key=key, title=item.title, known=item.is_known)
        except ValidationError:
            self._built.problems.append((line, NO_TITLE))
            return
        if text_key(concept.title) in self._titles:
            self._built.problems.append((line, DOUBLE))
        self._titles.add(text_key(concept.title))
        self._built.lines[key] = line
        stage.modules[-1].concepts.append(concept)

    def finish(self) -> None:
        stages = [made for stage in self._stages if (made := self._make_stage(stage))]
        self._built.stages = plain_siblings(stages)

    def _make_stage(self, stage: _Stage) -> SkeletonStage | None:
        modules = [made for module in stage.modules if (made := self._make_module(module))]
        if not modules:
            self._built.problems.append((stage.line, EMPTY))
        try:
            return SkeletonStage(title=stage.title, modules=modules)
        except ValidationError:
            self._built.problems.append((stage.line, NO_TITLE))
            return None

    def _make_module(self, module: _Module) -> SkeletonModule | None:
        if not module.concepts:
            self._built.problems.append((module.line, EMPTY))
        try:
            return SkeletonModule(title=module.title, concepts=module.concepts)
        except ValidationError:
            self._built.problems.append((module.line, NO_TITLE))
            return None
