"""What differs between two states of a plan, for people who have changed it in two places. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from generation.port.skeleton import Skeleton

MOST_CHANGES = 40


class ChangeKind(StrEnum):
    RENAMED = "renamed"
    ADDED = "added"
    DROPPED = "dropped"
    MOVED = "moved"
    KNOWN = "known"
    UNKNOWN = "unknown"
    LEVEL = "level"
    STRUCTURE = "structure"


@dataclass(frozen=True)
class Change:
    """`title` is that of the part as it was; `now` what it is called, or where it stands, now."""

    kind: ChangeKind
    title: str
    now: str = ""


def list_changes(before: Skeleton, after: Skeleton) -> list[Change]:
    """In reading order, so many as anybody reads."""
    return list(_changes(before, after))[:MOST_CHANGES]


def _changes(before: Skeleton, after: Skeleton) -> Iterator[Change]:
    if before.title != after.title:
        yield Change(ChangeKind.RENAMED, before.title, after.title)
    if before.level != after.level:
        yield Change(ChangeKind.LEVEL, before.level, after.level)
    yield from _structure(before, after)
    old, new = _places(before), _places(after)
    for key, was in old.items():
        now = new.get(key)
        if now is None:
            yield Change(ChangeKind.DROPPED, was.title)
            continue
        if was.title != now.title:
            yield Change(ChangeKind.RENAMED, was.title, now.title)
        if was.known != now.known:
            yield Change(ChangeKind.KNOWN if now.known else ChangeKind.UNKNOWN, now.title)
    yield from (Change(ChangeKind.ADDED, now.title) for key, now in new.items() if key not in old)
    yield from (
        Change(ChangeKind.MOVED, new[key].title, new[key].module) for key in _moved(old, new)
    )


def _structure(before: Skeleton, after: Skeleton) -> Iterator[Change]:
    """Stages and modules have no keys: one that holds the same concepts is the same, and else what
    is called otherwise is another one."""
    was, now = _titles(before), _titles(after)
    called = dict(_renamed(before, after))
    yield from (Change(ChangeKind.RENAMED, old, new) for old, new in called.items())
    was = [called.get(title, title) for title in was]
    if was != now:
        yield from (Change(ChangeKind.DROPPED, title) for title in was if title not in now)
        yield from (Change(ChangeKind.ADDED, title) for title in now if title not in was)
        if sorted(was) == sorted(now):
            yield Change(ChangeKind.STRUCTURE, after.title)


def _renamed(before: Skeleton, after: Skeleton) -> Iterator[tuple[str, str]]:
    """Former titles with those of today: of stages, then of modules."""
    for was, now in zip(_by_concepts(before), _by_concepts(after), strict=True):
        yield from (
            (title, now[keys]) for keys, title in was.items() if title != now.get(keys, title)
        )


def _by_concepts(skeleton: Skeleton) -> Iterator[dict[frozenset[str], str]]:
    modules = [(module.title, module.concepts) for module in skeleton.modules()]
    stages = [
        (stage.title, [concept for module in stage.modules for concept in module.concepts])
        for stage in skeleton.stages
    ]
    for parts in (stages, modules):
        yield {frozenset(one.key for one in concepts): title for title, concepts in parts}


def _titles(skeleton: Skeleton) -> list[str]:
    return [
        title
        for stage in skeleton.stages
        for title in (stage.title, *(module.title for module in stage.modules))
    ]


@dataclass(frozen=True)
class _Place:
    title: str
    known: bool
    module: str


def _places(skeleton: Skeleton) -> dict[str, _Place]:
    return {
        concept.key: _Place(concept.title, concept.known, module.title)
        for module in skeleton.modules()
        for concept in module.concepts
    }


def _moved(old: dict[str, _Place], new: dict[str, _Place]) -> Iterator[str]:
    """Of those that are in both, the ones that follow another than before."""
    was = [key for key in old if key in new]
    now = [key for key in new if key in old]
    before = dict(zip(was, ["", *was], strict=False))
    after = dict(zip(now, ["", *now], strict=False))
    yield from (
        key for key in now if before[key] != after[key] and old[key].module != new[key].module
    )
    if was != now and not any(old[key].module != new[key].module for key in now):
        yield from [key for key, other in zip(now, was, strict=True) if key != other][:1]
