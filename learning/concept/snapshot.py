"""All that decides how the page of a concept looks to somebody, in one query.

What the rows say is kept as PostgreSQL wrote it, too: a page is as it was while that is the same.
"""

from __future__ import annotations

import functools
import json
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.aggregates import StringAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import (
    Case,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import MD5, Cast, Concat, JSONObject
from django.http import Http404

from accounts.models import User
from concepts.artifact_states import UNFINISHED, ArtifactState
from concepts.models import Artifact, ArtifactVersion, Concept, Resource
from generation.models import GenerationRun
from generation.run_states import OPEN, RunState
from learning.concept.prepared import KEY_SLOT, NUMBER_SLOTS, TEXT_SLOTS, PreparedQuery, Slot
from learning.concept.turns import Planning, count_before, tell_planning
from learning.learners import key_of, of_learner
from learning.models import ConceptMark, Note, Report, Standing
from learning.quiz.attempts import LastAttempt, last_attempts, read_last
from roadmaps.access import Visitor, visible_to
from roadmaps.models import OPEN_DETAILS, Roadmap

ROADMAP_SLUG, CONCEPT_SLUG = TEXT_SLOTS
VISITOR = NUMBER_SLOTS[0]
# Of a visitor who has left nothing behind.
NOBODY = uuid.UUID(int=0)

_ROADMAP = ("id", "slug", "title", "language", "visibility", "owner_id")
_CONCEPT = (
    "id", "slug", "title", "summary", "kind", "difficulty", "lesson_minutes",
    "practice_minutes", "reading_minutes", "objectives", "position", "is_known",
)  # fmt: skip
_VERSION = (
    "id", "number", "origin", "provider", "model", "prompt_version", "language", "created_at",
    "reviewed_on", "content_hash",
)  # fmt: skip
_MARK = ("id", "standing", "completed_version", "marked_at")


@dataclass(frozen=True)
class Neighbour:
    """Another concept of the roadmap, and how the learner stands with it (empty: not at all)."""

    slug: str
    title: str
    standing: str = ""

    @property
    def standing_label(self) -> str:
        return str(Standing(self.standing).label) if self.standing else ""


@dataclass(frozen=True)
class Rewriting:
    """The newest run that is about one artifact which is ready; `kept`: what it wrote is there and
    was never shown."""

    id: uuid.UUID
    state: str
    reason: str
    dismissed_at: str | None = None
    kept: bool = False


@dataclass(frozen=True)
class Snapshot:
    """`state` is all of it as one text: whatever changes on the page changes there."""

    state: str
    roadmap: Roadmap
    concept: Concept
    stage: str
    module: str
    run: GenerationRun | None
    artifacts: dict[str, Artifact]
    # None once it is told what the concept teaches, and what is to be written of it.
    planning: Planning | None
    # Of what waits: how many parts of other concepts are written before it.
    before: dict[str, int]
    # How links were found to be, as one text; empty where a version has none.
    links: dict[int, str]
    # Of all that the roadmap introduces, where: changes with it, and with nothing else.
    terms: str
    rewritings: dict[str, Rewriting]
    requires: list[Neighbour]
    leads_to: list[Neighbour]
    previous: Neighbour | None
    next: Neighbour | None
    mark: ConceptMark | None
    note: Note | None
    # Kinds of reports by the version they are about.
    reported: dict[int, list[str]]
    last_attempt: LastAttempt | None

    @property
    def is_being_written(self) -> bool:
        """Whether something of it is still to come."""
        is_open = self.run is not None and RunState(self.run.state) in OPEN
        if self.planning is not None:
            is_coming = self.planning.state in OPEN_DETAILS and not self.is_left_out
            return is_open and is_coming
        return is_open and any(one.state in UNFINISHED for one in self.artifacts.values())

    @property
    def is_left_out(self) -> bool:
        """Whether it was known when the plan was made: then nothing of it is written."""
        return self.concept.is_known and not self.artifacts


def get_snapshot(visitor: Visitor, session: SessionBase, roadmap_slug: str, slug: str) -> Snapshot:
    """Raises Http404 where there is nothing that this visitor may see."""
    values: dict[Slot, Slot] = {ROADMAP_SLUG: roadmap_slug, CONCEPT_SLUG: slug}
    if isinstance(visitor, User):
        kind = "staff" if visitor.is_staff else "account"
        values[VISITOR] = visitor.pk
    else:
        kind = "session"
        values[KEY_SLOT] = key_of(session) or NOBODY
    rows = _query(kind).ask(values)
    if not rows:
        raise Http404
    return _read(rows[0])


@functools.cache
def _query(kind: str) -> PreparedQuery:
    if kind == "session":
        theirs = of_learner(Q(key=KEY_SLOT, user=None))
        return PreparedQuery(lambda: _build(AnonymousUser(), theirs))
    visitor = User(pk=VISITOR, is_staff=kind == "staff")
    return PreparedQuery(lambda: _build(visitor, of_learner(Q(user=VISITOR))))


def _build(visitor: Visitor, theirs: Q) -> QuerySet[Any, Any]:
    seen = Concept.objects.filter(
        visible_to(visitor, path="roadmap__"), roadmap__slug=ROADMAP_SLUG, slug=CONCEPT_SLUG
    )
    return seen.order_by().values_list(
        JSONObject(
            roadmap=_columns(_ROADMAP, "roadmap__"),
            concept=_columns(_CONCEPT),
            stage=F("module__stage__title"),
            module=F("module__title"),
            run=Subquery(_newest_run()),
            artifacts=ArraySubquery(_artifacts()),
            planning=tell_planning(),
            terms=Subquery(_terms()),
            **_neighbours(theirs),
            **_left_behind(theirs),
        )
    )


def _columns(names: tuple[str, ...], path: str = "") -> JSONObject:
    return JSONObject(**{name: F(f"{path}{name}") for name in names})


def _newest_run() -> QuerySet[Any, Any]:
    runs = GenerationRun.objects.filter(roadmap=OuterRef("roadmap"), artifact=None)
    runs = runs.order_by("-created_at")
    return runs.values_list(_columns(("id", "state", "reason")))[:1]


def _artifacts() -> QuerySet[Any, Any]:
    rewritings = GenerationRun.objects.filter(artifact=OuterRef("pk")).order_by("-created_at")
    written = ArtifactVersion.objects.filter(artifact=OuterRef("artifact"), run_id=OuterRef("pk"))
    told = JSONObject(
        id=F("id"),
        state=F("state"),
        reason=F("reason"),
        dismissed_at=F("dismissed_at"),
        kept=Exists(written.filter(current_of=None)),
    )
    said = JSONObject(
        kind=F("kind"),
        state=F("state"),
        error_public=F("error_public"),
        before=Case(When(state=ArtifactState.PENDING, then=count_before()), default=None),
        version=_columns(_VERSION, "current_version__"),
        links=ArraySubquery(_links()),
        rewriting=Subquery(rewritings.values_list(told)[:1]),
    )
    return Artifact.objects.filter(concept=OuterRef("pk")).order_by("kind").values_list(said)


def _links() -> QuerySet[Any, Any]:
    """What was found when they were followed: all that changes of a version."""
    resources = Resource.objects.filter(version=OuterRef("current_version")).order_by("position")
    return resources.values_list(_columns(("state", "checked_at")))


def _terms() -> QuerySet[Any, Any]:
    """What tutorials lead to. That itself is read where one is made ready (`texts.py`)."""
    concepts = Concept.objects.filter(roadmap=OuterRef("roadmap")).order_by()
    keywords = Cast("keywords", TextField())
    said = Concat("slug", Value(" "), "title", keywords, output_field=TextField())
    stamp = MD5(StringAgg(said, "\n", order_by="position"))
    return concepts.values("roadmap").values_list(stamp)


def _neighbours(theirs: Q) -> dict[str, Any]:
    marks = ConceptMark.objects.filter(theirs, concept=OuterRef("pk")).values("standing")
    said = JSONObject(slug=F("slug"), title=F("title"), standing=Subquery(marks))
    siblings = Concept.objects.filter(roadmap=OuterRef("roadmap"))
    before = siblings.filter(position__lt=OuterRef("position")).order_by("-position")
    after = siblings.filter(position__gt=OuterRef("position")).order_by("position")
    requires = siblings.filter(dependants__concept=OuterRef("pk")).order_by("position")
    leads_to = siblings.filter(requirements__requires=OuterRef("pk")).order_by("position")
    return {
        "previous": Subquery(before.values_list(said)[:1]),
        "next": Subquery(after.values_list(said)[:1]),
        "requires": ArraySubquery(requires.values_list(said)),
        "leads_to": ArraySubquery(leads_to.values_list(said)),
    }


def _left_behind(theirs: Q) -> dict[str, Any]:
    here = Q(concept=OuterRef("pk"))
    marks = ConceptMark.objects.filter(theirs, here)
    notes = Note.objects.filter(theirs, here)
    reports = Report.objects.filter(theirs, version__current_of__concept=OuterRef("pk"))
    return {
        "mark": Subquery(marks.values_list(_columns(_MARK))),
        "note": Subquery(notes.values_list(_columns(("id", "markdown", "revision")))),
        "reported": ArraySubquery(
            reports.order_by("pk").values_list(_columns(("version_id", "kind")))
        ),
        "last_attempt": Subquery(last_attempts(theirs, here)),
    }


def _read(state: str) -> Snapshot:
    said = json.loads(state)
    concept = Concept(**said["concept"], roadmap_id=said["roadmap"]["id"])
    concept.roadmap = Roadmap(**said["roadmap"])
    return Snapshot(
        state=state,
        roadmap=concept.roadmap,
        concept=concept,
        stage=said["stage"],
        module=said["module"],
        run=GenerationRun(**said["run"]) if said["run"] else None,
        artifacts={one["kind"]: _artifact(one) for one in said["artifacts"]},
        before={one["kind"]: one["before"] for one in said["artifacts"] if one["before"]},
        planning=Planning(**said["planning"]) if said["planning"] else None,
        links={
            one["version"]["id"]: json.dumps(one["links"])
            for one in said["artifacts"]
            if one["links"]
        },
        terms=said["terms"],
        rewritings={
            one["kind"]: Rewriting(**one["rewriting"])
            for one in said["artifacts"]
            if one["rewriting"]
        },
        requires=[_neighbour(one) for one in said["requires"]],
        leads_to=[_neighbour(one) for one in said["leads_to"]],
        previous=_neighbour(said["previous"]) if said["previous"] else None,
        next=_neighbour(said["next"]) if said["next"] else None,
        mark=_mark(said["mark"]) if said["mark"] else None,
        note=Note(**said["note"]) if said["note"] else None,
        reported=_by_version(said["reported"]),
        last_attempt=read_last(said["last_attempt"]) if said["last_attempt"] else None,
    )


def _artifact(said: dict[str, Any]) -> Artifact:
    artifact = Artifact(kind=said["kind"], state=said["state"], error_public=said["error_public"])
    version = said["version"]
    if version["id"] is not None:
        version["created_at"] = datetime.fromisoformat(version["created_at"])
        version["reviewed_on"] = version["reviewed_on"] and date.fromisoformat(
            version["reviewed_on"]
        )
        artifact.current_version = ArtifactVersion(**version)
    return artifact


def _mark(said: dict[str, Any]) -> ConceptMark:
    return ConceptMark(**said | {"marked_at": datetime.fromisoformat(said["marked_at"])})


def _neighbour(said: dict[str, Any]) -> Neighbour:
    return Neighbour(said["slug"], said["title"], said["standing"] or "")


def _by_version(reports: list[dict[str, Any]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for report in reports:
        found.setdefault(report["version_id"], []).append(report["kind"])
    return found
