"""Reading runs: plain data out, so that it may cross threads."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q, QuerySet

from concepts.artifact_states import UNFINISHED, ArtifactState
from concepts.content import ArtifactKind
from concepts.models import Artifact, Concept, Question, Resource
from connections.conf import get_budget
from generation.models import EventType, GenerationEvent, GenerationRun
from generation.port.briefs import ConceptBrief, Neighbour
from generation.port.request import OutlineRequest
from generation.run_states import RunState
from roadmaps.models import Module, Roadmap, Stage, Visibility
from roadmaps.services import goal_key

# How many concepts a writer is told of: those last read before, and those on either side.
PATH_LENGTH, NEIGHBOURS = 15, 2

Around = Mapping[tuple[uuid.UUID, int], Neighbour]


@dataclass(frozen=True)
class Work:
    """One claimed artifact and what its writer needs to know."""

    artifact_id: int
    concept_id: int
    kind: ArtifactKind
    attempts: int
    slug: str
    brief: ConceptBrief

    @property
    def label(self) -> str:
        """How logs name the artifact."""
        return f"{self.slug}/{self.kind.value}"


def list_work(artifact_ids: Sequence[int]) -> list[Work]:
    """Claimed artifacts with their briefs, in order of priority, then of the roadmap."""
    artifacts = list(
        Artifact.objects.filter(pk__in=artifact_ids)
        .prefetch_related("concept__roadmap", "concept__requirements__requires")
        .order_by("-priority", "position")
    )
    around = _list_around({artifact.concept for artifact in artifacts})
    return [
        Work(
            artifact_id=artifact.pk,
            concept_id=artifact.concept_id,
            kind=ArtifactKind(artifact.kind),
            attempts=artifact.attempts,
            slug=artifact.concept.slug,
            brief=_brief(artifact.concept, around),
        )
        for artifact in artifacts
    ]


def _list_around(concepts: Iterable[Concept]) -> Around:
    """By roadmap and position, what stands around some concepts; one query for all."""
    wanted = [
        Q(
            roadmap=concept.roadmap_id,
            position__range=(concept.position - PATH_LENGTH, concept.position + NEIGHBOURS),
        )
        for concept in concepts
    ]
    if not wanted:
        return {}
    rows = Concept.objects.filter(reduce(or_, wanted)).values_list(
        "roadmap_id", "position", "title", "summary"
    )
    return {
        (roadmap_id, position): Neighbour(title, summary)
        for roadmap_id, position, title, summary in rows
    }


def _brief(concept: Concept, around: Around) -> ConceptBrief:
    roadmap, place = concept.roadmap, concept.position
    near = (*range(place - NEIGHBOURS, place), *range(place + 1, place + NEIGHBOURS + 1))
    path = range(place - PATH_LENGTH, place)
    return ConceptBrief(
        goal=roadmap.goal,
        roadmap_title=roadmap.title,
        language=roadmap.language,
        level=roadmap.level,
        key=concept.outline_key,
        title=concept.title,
        summary=concept.summary,
        kind=concept.kind,
        difficulty=concept.difficulty,
        est_minutes=concept.est_minutes,
        objectives=tuple(concept.objectives),
        keywords=tuple(concept.keywords),
        requires=tuple(edge.requires.title for edge in concept.requirements.all()),
        path=tuple(one.title for one in _take(around, roadmap.pk, path)),
        neighbours=tuple(_take(around, roadmap.pk, near)),
    )


def _take(around: Around, roadmap_id: uuid.UUID, places: Iterable[int]) -> list[Neighbour]:
    return [around[roadmap_id, place] for place in places if (roadmap_id, place) in around]


def get_run_state(run_id: uuid.UUID) -> RunState:
    return RunState(GenerationRun.objects.values_list("state", flat=True).get(pk=run_id))


def find_refusal(run_id: uuid.UUID) -> str | None:
    """Why the provider would not plan a run's goal; None unless the run ended with that."""
    payload = _last_words(run_id)
    return payload["reason"] if payload.get("refused") else None


def list_suggestions(run_id: uuid.UUID) -> list[str]:
    """Goals that may be meant instead of the one that was refused."""
    return list(_last_words(run_id).get("suggestions", []))


def find_detail(run_id: uuid.UUID) -> str:
    """What a server said when a run was stopped, for operators; empty where nothing was kept."""
    last = GenerationEvent.objects.filter(run_id=run_id).order_by("-seq")
    payload = last.values_list("payload", flat=True).first() or {}
    return str(payload.get("detail", ""))


def _last_words(run_id: uuid.UUID) -> dict[str, Any]:
    ended = GenerationEvent.objects.filter(run_id=run_id, type=EventType.RUN_FINISHED)
    return ended.order_by("-seq").values_list("payload", flat=True).first() or {}


def get_run_reason(run_id: uuid.UUID) -> str:
    """Why a run was stopped or is not whole; empty where there is nothing to tell."""
    return GenerationRun.objects.values_list("reason", flat=True).get(pk=run_id)


def get_run_provider(run_id: uuid.UUID) -> str:
    """Raises GenerationRun.DoesNotExist."""
    return GenerationRun.objects.values_list("provider", flat=True).get(pk=run_id)


def get_last_seq(run_id: uuid.UUID) -> int:
    return GenerationRun.objects.values_list("last_seq", flat=True).get(pk=run_id)


def count_unfinished(run_id: uuid.UUID) -> int:
    counts = count_artifacts(run_id)
    return sum(counts[state] for state in UNFINISHED)


def has_pending(run_id: uuid.UUID) -> bool:
    """Whether something waits to be claimed, be it only after a pause."""
    return count_artifacts(run_id)[ArtifactState.PENDING] > 0


@dataclass(frozen=True)
class RunProgress:
    """How far a run is, in finished artifacts: raised when one is written, never when it starts."""

    artifacts: int
    ready: int
    failed: int

    @property
    def finished(self) -> int:
        return self.ready + self.failed


def get_run_progress(run_id: uuid.UUID) -> RunProgress:
    counts = count_artifacts(run_id)
    return RunProgress(
        artifacts=counts.total(),
        ready=counts[ArtifactState.READY],
        failed=counts[ArtifactState.FAILED],
    )


def count_artifacts(run_id: uuid.UUID) -> Counter[str]:
    """A run's artifacts by their state: all that is asked for stands in one index."""
    states = Artifact.objects.filter(run_id=run_id).order_by().values_list("state")
    return Counter(dict(states.annotate(count=Count("*"))))


def find_finished_run(request: OutlineRequest, *, provider: str) -> uuid.UUID | None:
    """The newest run that made a public roadmap of this very goal, with these options, ready."""
    return (
        GenerationRun.objects.filter(
            roadmap__goal_key=goal_key(request.goal),
            roadmap__visibility=Visibility.PUBLIC,
            state=RunState.READY,
            options=request.options(),
            provider=provider,
        )
        .order_by("-finished_at")
        .values_list("pk", flat=True)
        .first()
    )


def count_fleet_connections() -> int:
    """Client connections of all roles in the budget, as the server sees them now."""
    roles = [role.name for role in get_budget().roles]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND application_name = ANY(%s)",
            [roles],
        )
        return int(cursor.fetchone()[0])


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
    """Failed artifacts in reading order, with what learners are told."""
    failed = (
        _written_in(roadmap_id)
        .filter(state=ArtifactState.FAILED)
        .order_by("position")
        .values_list("concept__title", "kind", "error_public")
    )
    return [
        {"concept": concept, "artifact": kind, "error": error} for concept, kind, error in failed
    ]


def _written_in(roadmap_id: uuid.UUID) -> QuerySet[Artifact]:
    """A roadmap's artifacts that a run has had in hand. Its runs are few, its concepts many."""
    runs = GenerationRun.objects.filter(roadmap=roadmap_id).order_by()
    return Artifact.objects.filter(run_id__in=runs.values("pk"))
