"""What people do to a plan before it is written: rename, drop, add, move, mark as known. Pure.

Whatever is done in whatever order, what comes out is a valid plan, or a message.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, get_args

from pydantic import ValidationError

from generation.port.outline import MOST_CONCEPTS
from generation.port.skeleton import (
    Skeleton,
    SkeletonConcept,
    SkeletonModule,
    SkeletonStage,
    concept_key,
)
from roadmaps.bounds import TITLE_MAX_CHARACTERS, LevelName
from roadmaps.text import text_key

GONE = "That part of the plan is not there any more."
NO_TITLE = "A title is missing."
TITLE_TOO_LONG = "A title has no more than 300 characters."
NOT_A_TITLE = "“%(title)s” is no title: it holds signs that no text has."
DOUBLE = "Two concepts would be called “%(title)s”."
DOUBLE_STAGE = "Two stages would be called “%(title)s”."
NOTHING_LEFT = "A plan needs at least one concept."
ALL_KNOWN = "At least one concept has to be new to you: all of them are marked as known."
TOO_MANY = "A plan has at most 250 concepts."
UNKNOWN_LEVEL = "That is no level."
MESSAGES = (
    GONE, NO_TITLE, TITLE_TOO_LONG, NOT_A_TITLE, DOUBLE, DOUBLE_STAGE, NOTHING_LEFT, ALL_KNOWN,
    TOO_MANY, UNKNOWN_LEVEL,
)  # fmt: skip

_NUMBER = re.compile(r"c(\d{1,6})")


class EditRefused(Exception):
    """Why a plan would be none any more: a sentence of MESSAGES, and what it speaks of."""

    def __init__(self, message: str, **values: str) -> None:
        super().__init__(message % values if values else message)
        self.message = message
        self.values = values


@dataclass(eq=False)
class _Concept:
    key: str
    title: str
    known: bool = False


@dataclass(eq=False)
class _Module:
    title: str
    concepts: list[_Concept] = field(default_factory=list)


@dataclass(eq=False)
class _Stage:
    title: str
    modules: list[_Module] = field(default_factory=list)


class Editing:
    """A plan while it is changed. Parts are named as they stood at the beginning: a concept by its
    key, a stage as "s0", a module as "m0-1" (the second one of the first stage).

    A stage or module that loses all it had goes, too.
    """

    def __init__(self, skeleton: Skeleton) -> None:
        self._skeleton = skeleton
        self._title, self._level = skeleton.title, str(skeleton.level)
        self._stages = [_stage_of(stage) for stage in skeleton.stages]
        self._named: dict[str, _Stage | _Module | _Concept] = {}
        for place, stage in enumerate(self._stages):
            self._named[f"s{place}"] = stage
            for number, module in enumerate(stage.modules):
                self._named[f"m{place}-{number}"] = module
                self._named |= {concept.key: concept for concept in module.concepts}
        self._last = last_number(skeleton)

    def set_title(self, title: str) -> None:
        self._title = _title(title)

    def set_level(self, level: str) -> None:
        if level not in get_args(LevelName):
            raise EditRefused(UNKNOWN_LEVEL)
        self._level = level

    def rename(self, name: str, title: str) -> None:
        self._find(name).title = _title(title)

    def mark_known(self, key: str, *, known: bool) -> None:
        concept = self._find(key)
        if not isinstance(concept, _Concept):
            raise EditRefused(GONE)
        concept.known = known

    def drop(self, name: str) -> None:
        part = self._find(name)
        if isinstance(part, _Stage):
            _remove(self._stages, part)
        elif isinstance(part, _Module):
            _remove(self._stage_with(part).modules, part)
        else:
            _remove(self._module_with(part).concepts, part)

    def move(self, name: str, step: int) -> None:
        """One place up (-1) or down (1): past its own end into the neighbour's; none beyond the
        plan's ends."""
        part = self._find(name)
        if isinstance(part, _Stage):
            _shift(self._stages, part, step)
        elif isinstance(part, _Module):
            _shift_across([stage.modules for stage in self._stages], part, step)
        else:
            lists = [module.concepts for stage in self._stages for module in stage.modules]
            _shift_across(lists, part, step)

    def move_into(self, name: str, into: str) -> None:
        """A concept to the end of another module, a module to the end of another stage."""
        part, parent = self._find(name), self._find(into)
        if isinstance(part, _Concept) and isinstance(parent, _Module):
            self._stage_with(parent)
            _remove(self._module_with(part).concepts, part)
            parent.concepts.append(part)
        elif isinstance(part, _Module) and isinstance(parent, _Stage):
            _remove(self._stage_with(part).modules, part)
            parent.modules.append(part)
        else:
            raise EditRefused(GONE)

    def add_concept(self, module: str, title: str) -> None:
        parent = self._find(module)
        if not isinstance(parent, _Module):
            raise EditRefused(GONE)
        parent.concepts.append(self._new_concept(title))

    def add_module(self, stage: str, title: str, concept: str) -> None:
        """With its first concept: an empty one is none."""
        parent = self._find(stage)
        if not isinstance(parent, _Stage):
            raise EditRefused(GONE)
        parent.modules.append(_Module(_title(title), [self._new_concept(concept)]))

    def add_stage(self, title: str, module: str, concept: str) -> None:
        made = _Module(_title(module or title), [self._new_concept(concept)])
        self._stages.append(_Stage(_title(title), [made]))

    def finish(self) -> Skeleton:
        """The plan as it is now. Raises EditRefused."""
        count = sum(len(module.concepts) for stage in self._stages for module in stage.modules)
        if not count:
            raise EditRefused(NOTHING_LEFT)
        if count > MOST_CONCEPTS:
            raise EditRefused(TOO_MANY)
        stages = [made for stage in self._stages if (made := _made(stage))]
        told = {"title": self._title, "level": self._level, "stages": stages}
        rest = self._skeleton.model_dump(exclude={"title", "level", "stages"})
        skeleton = Skeleton.model_validate(rest | told)
        check_titles(skeleton)
        return skeleton

    def _find(self, name: str) -> _Stage | _Module | _Concept:
        part = self._named.get(name)
        if part is None:
            raise EditRefused(GONE)
        return part

    def _stage_with(self, module: _Module) -> _Stage:
        return _holder(module, self._stages, lambda stage: stage.modules)

    def _module_with(self, concept: _Concept) -> _Module:
        modules = [module for stage in self._stages for module in stage.modules]
        return _holder(concept, modules, lambda module: module.concepts)

    def _new_concept(self, title: str) -> _Concept:
        concept = _Concept(concept_key(self._last + 1), _title(title))
        self._last += 1
        return concept


def last_number(skeleton: Skeleton) -> int:
    """The number of the newest concept; see `concept_key`."""
    return max((_number_of(concept.key) for concept in skeleton.concepts()), default=0)


def check_titles(skeleton: Skeleton) -> None:
    """Raises EditRefused where two concepts, or two stages, could not be told apart."""
    for titles, message in (
        ([concept.title for concept in skeleton.concepts()], DOUBLE),
        ([stage.title for stage in skeleton.stages], DOUBLE_STAGE),
    ):
        seen: set[str] = set()
        for title in titles:
            if text_key(title) in seen:
                raise EditRefused(message, title=title)
            seen.add(text_key(title))


def check_worth_writing(skeleton: Skeleton) -> None:
    """Raises EditRefused where there is nothing to write."""
    if all(concept.known for concept in skeleton.concepts()):
        raise EditRefused(ALL_KNOWN)


def keep_known(before: Skeleton, after: Skeleton) -> Skeleton:
    """A new plan with what was marked as known in the one it was made of, by its title."""
    known = {text_key(one.title) for one in before.concepts() if one.known}
    if not known:
        return after
    editing = Editing(after)
    for concept in after.concepts():
        if text_key(concept.title) in known:
            editing.mark_known(concept.key, known=True)
    return editing.finish()


T = TypeVar("T")
P = TypeVar("P")


def _holder(part: T, parents: list[P], parts_of: Callable[[P], list[T]]) -> P:
    for parent in parents:
        if part in parts_of(parent):
            return parent
    raise EditRefused(GONE)


def _remove(parts: list[T], part: T) -> None:
    if part not in parts:
        raise EditRefused(GONE)
    parts.remove(part)


def _shift(parts: list[T], part: T, step: int) -> None:
    place = parts.index(part) if part in parts else 0
    _remove(parts, part)
    parts.insert(max(place + step, 0), part)


def _shift_across(lists: list[list[T]], part: T, step: int) -> None:
    """Past the end of its list it goes into the next one: to where it comes in."""
    number = next((number for number, parts in enumerate(lists) if part in parts), None)
    if number is None:
        raise EditRefused(GONE)
    place = lists[number].index(part)
    if 0 <= place + step < len(lists[number]):
        _shift(lists[number], part, step)
    elif 0 <= number + step < len(lists):
        lists[number].remove(part)
        lists[number + step].insert(len(lists[number + step]) if step < 0 else 0, part)


def _stage_of(stage: SkeletonStage) -> _Stage:
    return _Stage(stage.title, [_module_of(module) for module in stage.modules])


def _module_of(module: SkeletonModule) -> _Module:
    concepts = [_Concept(one.key, one.title, one.known) for one in module.concepts]
    return _Module(module.title, concepts)


def _made(stage: _Stage) -> SkeletonStage | None:
    modules = [
        SkeletonModule(
            title=module.title,
            concepts=[
                SkeletonConcept(key=one.key, title=one.title, known=one.known)
                for one in module.concepts
            ],
        )
        for module in stage.modules
        if module.concepts
    ]
    return SkeletonStage(title=stage.title, modules=modules) if modules else None


def _title(text: str) -> str:
    """A title as it may stand in a plan. Raises EditRefused."""
    if not text.strip():
        raise EditRefused(NO_TITLE)
    if len(text.strip()) > TITLE_MAX_CHARACTERS:
        raise EditRefused(TITLE_TOO_LONG)
    try:
        return SkeletonConcept(key="c0", title=text).title
    except ValidationError as error:
        shown = "".join(one if one.isprintable() else "\ufffd" for one in text[:60])
        raise EditRefused(NOT_A_TITLE, title=shown) from error


def _number_of(key: str) -> int:
    found = _NUMBER.fullmatch(key)
    return int(found[1]) if found else 0
