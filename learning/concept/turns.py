"""Whose turn it is: how much is written before a concept, and how far its module is planned."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce, JSONObject

from concepts.artifact_states import UNFINISHED, ArtifactState
from concepts.models import Artifact, Concept
from roadmaps.models import OPEN_DETAILS, DetailsState


@dataclass(frozen=True)
class Planning:
    """Of a concept without details: how far those of its module are, and whether it is first."""

    state: str
    error_public: str
    is_first: bool


def count_before() -> Coalesce:
    """Parts of other concepts that are claimed first; what is being written counts no more."""
    first = Q(priority__gt=OuterRef("priority")) | Q(
        priority=OuterRef("priority"), position__lt=OuterRef("position")
    )
    others = Artifact.objects.exclude(concept=OuterRef("concept"))
    waiting = others.filter(first, run_id=OuterRef("run_id"), state=ArtifactState.PENDING)
    counted = waiting.order_by().values("run_id").annotate(count=Count("*"))
    return Coalesce(Subquery(counted.values("count")), 0)


def tell_planning() -> Case:
    """Nothing where the module has its details, as it nearly always has."""
    urgent = Q(priority__gte=OuterRef("priority"))
    unfinished = Artifact.objects.filter(
        urgent, run_id=OuterRef("module__run_id"), state__in=list(UNFINISHED)
    )
    unplanned = Concept.objects.filter(
        urgent, module__run_id=OuterRef("module__run_id"), module__details_state__in=OPEN_DETAILS
    )
    others = unplanned.exclude(pk=OuterRef("pk"))
    said = JSONObject(
        state=F("module__details_state"),
        error_public=F("module__error_public"),
        is_first=~Exists(unfinished) & ~Exists(others),
    )
    return Case(When(module__details_state=DetailsState.READY, then=None), default=said)
