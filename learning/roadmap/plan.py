"""Reading roadmaps for pages. Plain data out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any
from urllib.parse import quote

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Case,
    Expression,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    When,
)
from django.db.models.functions import JSONObject

from concepts.models import Artifact, ArtifactKindLabel, Concept, ConceptPrerequisite, Origin
from concepts.times import Times, add_times
from learning.models import ConceptMark
from learning.roadmap.picture import MOST_CONCEPTS
from learning.roadmap.states import THROUGH, ConceptState, marked_state, planned_state
from roadmaps.models import DetailsState, Module, Roadmap

# What code stands between.
FENCE = "```"


@dataclass(frozen=True, slots=True)
class Writing:
    """Who wrote a tutorial that is shown, whether it has been read since, and whether it has code
    that we have run."""

    origin: str
    writer: str
    reviewed_on: date | None
    has_code: bool


@dataclass(frozen=True, slots=True)
class ConceptLine:
    pk: int
    title: str
    slug: str
    address: str
    times: Times
    written: ConceptState
    state: ConceptState
    requires: list[ConceptLine] = field(default_factory=list, compare=False, repr=False)

    @property
    def is_through(self) -> bool:
        return self.state in THROUGH


@dataclass(frozen=True)
class _Part:
    """A part of the plan, and what is told of it, from its concepts."""

    title: str
    summary: str
    concepts: list[ConceptLine]

    @cached_property
    def times(self) -> Times:
        return add_times(concept.times for concept in self.concepts)

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
    def is_whole(self) -> bool:
        """Nothing is missing, so that it need not be said of each concept that it is there."""
        return self.ready == self.total

    @property
    def in_writing(self) -> ConceptLine | None:
        writing = (one for one in self.concepts if one.written is ConceptState.WRITING)
        return next(writing, None)


@dataclass(frozen=True, slots=True)
class _Row:
    """A concept as it is read, with where it belongs."""

    place: tuple[int, int, int]
    stage: tuple[int, str, str]
    module: tuple[int, str, str]
    line: ConceptLine
    requires: list[int]
    writings: frozenset[Writing]


def get_plan(roadmap: Roadmap, theirs: Q | None = None) -> RoadmapPlan:
    """Two queries, however long the roadmap is; with a learner's own marks
    (`of_visitor`)."""
    modules = {module["pk"]: module for module in _read_modules(roadmap)}
    rows = [_row(roadmap, found, modules) for found in _read(roadmap, theirs)]
    rows.sort(key=attrgetter("place"))
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


_STAGE = ("stage_id", "stage__title", "stage__summary")
_MODULE = ("pk", "title", "summary", "details_state")
_PLACE = ("stage__position", "position")
_TIMES = ("lesson_minutes", "practice_minutes", "reading_minutes")
_OWN = ("pk", "module_id", "title", "slug", "position", "is_known", *_TIMES)


def _read_modules(roadmap: Roadmap) -> QuerySet[Module, dict[str, Any]]:
    """By themselves: joined to the concepts they would be looked for among everybody's."""
    modules = Module.objects.filter(stage__roadmap=roadmap).order_by()
    found: QuerySet[Module, dict[str, Any]] = modules.values(*_STAGE, *_MODULE, *_PLACE)
    return found


def _read(roadmap: Roadmap, theirs: Q | None) -> QuerySet[Concept, dict[str, Any]]:
    """What hangs on each concept is looked up by its key, never joined to all that there is."""
    artifacts = Artifact.objects.filter(concept=OuterRef("pk")).order_by()
    requires = ConceptPrerequisite.objects.filter(concept=OuterRef("pk"))
    found: QuerySet[Concept, dict[str, Any]] = (
        Concept.objects.filter(roadmap=roadmap)
        .annotate(
            states_found=ArraySubquery(artifacts.values("state")),
            tutorial_found=ArraySubquery(_tutorial(artifacts)),
            requires_found=ArraySubquery(requires.values("requires")),
            mark_found=ArraySubquery(_mark(theirs)),
        )
        .order_by()
        .values(*_OWN, "states_found", "tutorial_found", "requires_found", "mark_found")
    )
    return found


def _tutorial(artifacts: QuerySet[Artifact]) -> QuerySet[Artifact, Any]:
    version = "current_version"
    written = artifacts.filter(kind=ArtifactKindLabel.TUTORIAL, current_version__isnull=False)
    return written.values(
        found=JSONObject(
            number=f"{version}__number",
            origin=f"{version}__origin",
            model=f"{version}__model",
            provider=f"{version}__provider",
            reviewed=f"{version}__reviewed_on",
            # Of what is built in alone: nobody runs what else is written, and to search is dear.
            has_code=Case(
                When(**{f"{version}__origin": Origin.AUTHORED}, then=_has_code(version)),
                default=False,
            ),
        )
    )


def _has_code(version: str) -> Expression:
    fenced = Q(**{f"{version}__tutorial__markdown__contains": FENCE})
    return ExpressionWrapper(fenced, output_field=BooleanField())


def _mark(theirs: Q | None) -> QuerySet[ConceptMark, Any]:
    marks = ConceptMark.objects.filter(concept=OuterRef("pk"))
    marks = marks.none() if theirs is None else marks.filter(theirs)
    return marks.values(found=JSONObject(standing="standing", read="completed_version"))


def _row(roadmap: Roadmap, found: dict[str, Any], modules: dict[int, dict[str, Any]]) -> _Row:
    module = modules[found["module_id"]]
    return _Row(
        place=(module[_PLACE[0]], module[_PLACE[1]], found["position"]),
        stage=(module[_STAGE[0]], module[_STAGE[1]], module[_STAGE[2]]),
        module=(module[_MODULE[0]], module[_MODULE[1]], module[_MODULE[2]]),
        line=_line(roadmap, found, module["details_state"]),
        requires=found["requires_found"],
        writings=frozenset(_writing(one) for one in found["tutorial_found"]),
    )


def _line(roadmap: Roadmap, found: dict[str, Any], details: str) -> ConceptLine:
    tutorial: dict[str, Any] = next(iter(found["tutorial_found"]), {})
    is_planned = details == DetailsState.READY
    # What was known when it was planned is not written, and nothing of it is missing.
    is_known = found["is_known"] and not found["states_found"]
    written = planned_state(found["states_found"], details, is_known=is_known)
    return ConceptLine(
        pk=found["pk"],
        title=found["title"],
        slug=found["slug"],
        address=f"{roadmap.get_absolute_url()}{quote(found['slug'])}/",
        # Before it is planned, nobody knows how long it takes.
        times=Times(*(found[name] for name in _TIMES)) if is_planned else Times(),
        written=written,
        state=_state(found["mark_found"], tutorial.get("number"))
        or (ConceptState.KNOWN if is_known else written),
    )


def _state(marks: list[dict[str, Any]], tutorial_version: int | None) -> ConceptState | None:
    """What somebody's own mark says of a concept; None without one."""
    if not marks:
        return None
    return marked_state(marks[0]["standing"], marks[0]["read"], tutorial_version)


def _writing(tutorial: dict[str, Any]) -> Writing:
    reviewed = tutorial["reviewed"]
    return Writing(
        tutorial["origin"],
        tutorial["model"] or tutorial["provider"],
        date.fromisoformat(reviewed) if reviewed else None,
        tutorial["has_code"],
    )
