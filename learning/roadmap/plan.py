"""Reading roadmaps for pages. Plain data out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any
from urllib.parse import quote

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import JSONObject

from concepts.models import Artifact, ArtifactKindLabel, Concept, ConceptPrerequisite, Resource
from learning.models import ConceptMark
from learning.roadmap.picture import MOST_CONCEPTS
from learning.roadmap.states import THROUGH, ConceptState, concept_state, marked_state
from roadmaps.models import Roadmap


@dataclass(frozen=True, slots=True)
class Writing:
    """Who wrote something that is shown, and who has read it since."""

    origin: str
    writer: str
    reviewed_on: date | None


@dataclass(frozen=True, slots=True)
class ConceptLine:
    """`minutes` are those of reading, trying and the exercises; `lesson` what reading the tutorial
    takes, once it is there; `reading` what is linked, which nobody has to."""

    pk: int
    title: str
    slug: str
    address: str
    minutes: int
    lesson: int | None
    reading: int
    written: ConceptState
    state: ConceptState
    requires: list[ConceptLine] = field(default_factory=list, compare=False, repr=False)

    @property
    def practice(self) -> int | None:
        """What remains for trying and the exercises; None where nothing is known of it."""
        if self.lesson is None:
            return None
        return max(0, self.minutes - self.lesson)

    @property
    def is_through(self) -> bool:
        return self.state in THROUGH


@dataclass(frozen=True)
class _Part:
    """A part of the plan, and what is told of it, from its concepts."""

    title: str
    summary: str
    concepts: list[ConceptLine]

    @property
    def minutes(self) -> int:
        return sum(concept.minutes for concept in self.concepts)

    @property
    def reading(self) -> int:
        return sum(concept.reading for concept in self.concepts)

    @property
    def lesson(self) -> int | None:
        """None while some of it is not known."""
        known = [concept.lesson for concept in self.concepts if concept.lesson is not None]
        return sum(known) if len(known) == len(self.concepts) else None

    @property
    def practice(self) -> int | None:
        lesson = self.lesson
        return None if lesson is None else max(0, self.minutes - lesson)

    @property
    def total(self) -> int:
        return len(self.concepts)

    @property
    def through(self) -> int:
        return sum(concept.is_through for concept in self.concepts)

    @property
    def ready(self) -> int:
        return sum(concept.written is ConceptState.READY for concept in self.concepts)

    @property
    def incomplete(self) -> int:
        return sum(concept.written is ConceptState.FAILED for concept in self.concepts)

    @property
    def is_finished(self) -> bool:
        return 0 < self.total == self.through


@dataclass(frozen=True)
class ModulePlan(_Part):
    """A module with its concepts."""


@dataclass(frozen=True)
class StagePlan(_Part):
    modules: list[ModulePlan]


@dataclass(frozen=True)
class RoadmapPlan(_Part):
    stages: list[StagePlan]
    writings: frozenset[Writing]

    @property
    def next_step(self) -> ConceptLine | None:
        """The first that somebody is not through with, as `learning.progress.next_steps` says."""
        return next((concept for concept in self.concepts if not concept.is_through), None)

    @property
    def is_long(self) -> bool:
        """More than can be looked over: modules are folded, the picture shows the stage in work."""
        return self.total > MOST_CONCEPTS

    @property
    def in_writing(self) -> ConceptLine | None:
        writing = (one for one in self.concepts if one.written is ConceptState.WRITING)
        return next(writing, None)


@dataclass(frozen=True, slots=True)
class _Row:
    """A concept as it is read, with where it belongs."""

    stage: tuple[int, str, str]
    module: tuple[int, str, str]
    line: ConceptLine
    requires: list[int]
    writings: frozenset[Writing]


def get_plan(roadmap: Roadmap, theirs: Q | None = None) -> RoadmapPlan:
    """One query, however long the roadmap is; with somebody's own marks (`of_visitor`)."""
    rows = [_row(roadmap, found) for found in _read(roadmap, theirs)]
    _tie(rows)
    stages = [
        _stage(title, summary, list(inside))
        for (_, title, summary), inside in groupby(rows, attrgetter("stage"))
    ]
    writings = frozenset(writing for row in rows for writing in row.writings)
    return RoadmapPlan(roadmap.title, roadmap.summary, _lines(rows), stages, writings)


def _tie(rows: list[_Row]) -> None:
    """What each concept requires, in the order in which it is read."""
    place = {row.line.pk: number for number, row in enumerate(rows)}
    for row in rows:
        required = sorted(place[key] for key in row.requires if key in place)
        row.line.requires.extend(rows[number].line for number in required)


def _stage(title: str, summary: str, rows: list[_Row]) -> StagePlan:
    modules = [
        ModulePlan(name, about, _lines(inside))
        for (_, name, about), inside in groupby(rows, attrgetter("module"))
    ]
    return StagePlan(title, summary, _lines(rows), modules)


def _lines(rows: Iterable[_Row]) -> list[ConceptLine]:
    return [row.line for row in rows]


_STAGE = ("module__stage_id", "module__stage__title", "module__stage__summary")
_MODULE = ("module_id", "module__title", "module__summary")
_OWN = ("pk", "title", "slug", "est_minutes")


def _read(roadmap: Roadmap, theirs: Q | None) -> QuerySet[Concept, dict[str, Any]]:
    artifacts = Artifact.objects.filter(concept=OuterRef("pk"))
    requires = ConceptPrerequisite.objects.filter(concept=OuterRef("pk"))
    marks = ConceptMark.objects.none() if theirs is None else ConceptMark.objects.filter(theirs)
    concepts = Concept.objects.filter(roadmap=roadmap)
    found: QuerySet[Concept, dict[str, Any]] = (
        concepts.order_by("module__stage__position", "module__position", "position")
        .annotate(
            artifacts_found=ArraySubquery(artifacts.values(found=_artifact())),
            requires_found=ArraySubquery(requires.values("requires")),
            marks_found=ArraySubquery(marks.filter(concept=OuterRef("pk")).values(found=_mark())),
        )
        .values(*_STAGE, *_MODULE, *_OWN, "artifacts_found", "requires_found", "marks_found")
    )
    return found


def _artifact() -> JSONObject:
    version = "current_version"
    linked = Resource.objects.filter(version=OuterRef(version)).order_by().values("version")
    return JSONObject(
        kind="kind",
        state="state",
        number=f"{version}__number",
        origin=f"{version}__origin",
        model=f"{version}__model",
        provider=f"{version}__provider",
        reviewed=f"{version}__reviewed_on",
        lesson=f"{version}__tutorial__reading_minutes",
        reading=Subquery(linked.annotate(minutes=Sum("minutes")).values("minutes")),
    )


def _mark() -> JSONObject:
    return JSONObject(standing="standing", read="completed_version")


def _row(roadmap: Roadmap, found: dict[str, Any]) -> _Row:
    artifacts = found["artifacts_found"]
    return _Row(
        stage=(found[_STAGE[0]], found[_STAGE[1]], found[_STAGE[2]]),
        module=(found[_MODULE[0]], found[_MODULE[1]], found[_MODULE[2]]),
        line=_line(roadmap, found),
        requires=found["requires_found"],
        writings=frozenset(_writing(one) for one in artifacts if one["number"] is not None),
    )


def _line(roadmap: Roadmap, found: dict[str, Any]) -> ConceptLine:
    artifacts = found["artifacts_found"]
    tutorials = (one for one in artifacts if one["kind"] == ArtifactKindLabel.TUTORIAL)
    tutorial: dict[str, Any] = next(tutorials, {})
    written = concept_state([artifact["state"] for artifact in artifacts])
    return ConceptLine(
        pk=found["pk"],
        title=found["title"],
        slug=found["slug"],
        address=f"{roadmap.get_absolute_url()}{quote(found['slug'])}/",
        minutes=found["est_minutes"],
        lesson=tutorial.get("lesson"),
        reading=sum(one["reading"] or 0 for one in artifacts),
        written=written,
        state=_state(found["marks_found"], tutorial.get("number")) or written,
    )


def _state(marks: list[dict[str, Any]], tutorial_version: int | None) -> ConceptState | None:
    """What somebody's own mark says of a concept; None without one."""
    if not marks:
        return None
    return marked_state(marks[0]["standing"], marks[0]["read"], tutorial_version)


def _writing(artifact: dict[str, Any]) -> Writing:
    reviewed = artifact["reviewed"]
    return Writing(
        artifact["origin"],
        artifact["model"] or artifact["provider"],
        date.fromisoformat(reviewed) if reviewed else None,
    )
