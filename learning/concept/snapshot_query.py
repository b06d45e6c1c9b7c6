"""The one query that tells all about the page of a concept, put together once a process."""

from __future__ import annotations

import functools
import uuid
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

from accounts.models import User
from concepts.artifact_states import ArtifactState
from concepts.models import Artifact, ArtifactVersion, Concept, Resource
from generation.models import GenerationRun
from learning.concept.prepared import KEY_SLOT, NUMBER_SLOTS, TEXT_SLOTS, PreparedQuery, Slot
from learning.concept.turns import count_before, tell_planning
from learning.learners import key_of, of_learner
from learning.models import ConceptMark, Note, Report
from learning.quiz.attempts import last_attempts
from roadmaps.access import Visitor, visible_to

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


def ask_for_state(
    visitor: Visitor, session: SessionBase, roadmap_slug: str, slug: str
) -> str | None:
    """All of it as JSON, as PostgreSQL wrote it; None where the visitor may see nothing."""
    values: dict[Slot, Slot] = {ROADMAP_SLUG: roadmap_slug, CONCEPT_SLUG: slug}
    if isinstance(visitor, User):
        kind = "staff" if visitor.is_staff else "account"
        values[VISITOR] = visitor.pk
    else:
        kind = "session"
        values[KEY_SLOT] = key_of(session) or NOBODY
    rows = _query(kind).ask(values)
    return rows[0] if rows else None


@functools.cache
def _query(kind: str) -> PreparedQuery:
    if kind == "session":
        theirs = of_learner(Q(key=KEY_SLOT, user=None))
        return PreparedQuery(lambda: _build(AnonymousUser(), theirs), is_planned_once=True)
    visitor = User(pk=VISITOR, is_staff=kind == "staff")
    theirs = of_learner(Q(user=VISITOR))
    return PreparedQuery(lambda: _build(visitor, theirs), is_planned_once=True)


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
    """Of those which it builds on, or which build on it, the visitor's mark, too."""
    marks = ConceptMark.objects.filter(theirs, concept=OuterRef("pk")).values("standing")
    beside = {"slug": F("slug"), "title": F("title")}
    said, marked = JSONObject(**beside), JSONObject(**beside, standing=Subquery(marks))
    siblings = Concept.objects.filter(roadmap=OuterRef("roadmap"))
    before = siblings.filter(position__lt=OuterRef("position")).order_by("-position")
    after = siblings.filter(position__gt=OuterRef("position")).order_by("position")
    requires = siblings.filter(dependants__concept=OuterRef("pk")).order_by("position")
    leads_to = siblings.filter(requirements__requires=OuterRef("pk")).order_by("position")
    return {
        "previous": Subquery(before.values_list(said)[:1]),
        "next": Subquery(after.values_list(said)[:1]),
        "requires": ArraySubquery(requires.values_list(marked)),
        "leads_to": ArraySubquery(leads_to.values_list(marked)),
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
