"""What a run came to."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, Value

from concepts.artifact_states import ArtifactState
from concepts.content import ArtifactKind
from concepts.models import Artifact, Concept, Question, Resource
from generation.models import GenerationRun
from generation.runs.details import DETAILS
from roadmaps.models import DetailsState, Module, Roadmap, Stage


def get_run_report(run_id: uuid.UUID) -> dict[str, Any]:
    """A run and its roadmap as `generate_roadmap --format json` prints them, connections apart."""
    run = GenerationRun.objects.select_related("roadmap").get(pk=run_id)
    failures = list_failures(run.roadmap_id)
    return {
        "roadmap": _roadmap_report(run.roadmap),
        "run": _run_report(run),
        "counts": _count_roadmap(run.roadmap_id) | {"failed": len(failures)},
        "failures": failures,
    }


def _roadmap_report(roadmap: Roadmap) -> dict[str, Any]:
    return {
        "id": str(roadmap.pk),
        "slug": roadmap.slug,
        "title": roadmap.title,
        "language": roadmap.language,
        "url": settings.SITE_URL + roadmap.get_absolute_url(),
    }


def _run_report(run: GenerationRun) -> dict[str, Any]:
    seconds = None
    if run.started_at and run.finished_at:
        seconds = round((run.finished_at - run.started_at).total_seconds(), 3)
    return {
        "id": str(run.pk),
        "state": run.state,
        "provider": run.provider,
        "model": run.model,
        "seconds": seconds,
        "model_calls": run.model_calls,
        "tokens_in": run.tokens_in,
        "tokens_out": run.tokens_out,
        "cost_usd": None if run.cost_usd is None else float(run.cost_usd),
    }


def _count_roadmap(roadmap_id: uuid.UUID) -> dict[str, int]:
    """Tutorials and quizzes are ready artifacts; resources and questions are rows in use."""
    ready = _written_in(roadmap_id).filter(state=ArtifactState.READY)
    in_use: dict[str, list[int]] = {kind.value: [] for kind in ArtifactKind}
    for kind, version_id in ready.values_list("kind", "current_version_id"):
        in_use[kind].append(version_id)
    resources, quizzes = in_use[ArtifactKind.RESOURCES], in_use[ArtifactKind.QUIZ]
    return {
        "stages": Stage.objects.filter(roadmap=roadmap_id).count(),
        "modules": Module.objects.filter(stage__roadmap=roadmap_id).count(),
        "concepts": Concept.objects.filter(roadmap=roadmap_id).count(),
        "tutorials": len(in_use[ArtifactKind.TUTORIAL]),
        "resources": Resource.objects.filter(version__in=resources).count(),
        "quizzes": len(quizzes),
        "questions": Question.objects.filter(quiz__in=quizzes).count(),
    }


def list_failures(roadmap_id: uuid.UUID) -> list[dict[str, str]]:
    """Failed artifacts in reading order, with what learners are told; and of a module that could
    not be planned each concept, whose details they are."""
    artifacts = (
        _written_in(roadmap_id)
        .filter(state=ArtifactState.FAILED)
        .values_list("concept__position", "position", "concept__title", "kind", "error_public")
    )
    details = Concept.objects.filter(
        module__details_state=DetailsState.FAILED, roadmap=roadmap_id
    ).values_list("position", Value(0), "title", Value(DETAILS), "module__error_public")
    found = artifacts.order_by().union(details.order_by(), all=True)
    return [
        {"concept": concept, "artifact": kind, "error": error}
        for _, _, concept, kind, error in sorted(found)
    ]


def _written_in(roadmap_id: uuid.UUID) -> QuerySet[Artifact]:
    """A roadmap's artifacts that a run has had in hand. Its runs are few, its concepts many."""
    runs = GenerationRun.objects.filter(roadmap=roadmap_id).order_by()
    return Artifact.objects.filter(run_id__in=runs.values("pk"))
