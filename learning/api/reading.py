"""Reading roadmaps and concepts for programs. Plain data out."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, Q
from django.http import Http404

from concepts.artifact_states import ArtifactState
from concepts.models import Artifact, ArtifactKindLabel, Concept, ConceptPrerequisite
from concepts.times import Times, add_times
from generation.runs.selectors import get_newest_run
from learning.api.parts import tell_parts
from learning.models import ConceptMark, Standing
from learning.progress.totals import Progress, marks_in, measure_progress
from learning.roadmap.states import concept_state
from roadmaps.models import Module, Roadmap, Stage


def tell_times(times: Times) -> dict[str, int]:
    return {
        "minutes": times.minutes,
        "lesson_minutes": times.lesson,
        "practice_minutes": times.practice,
        "reading_minutes": times.reading,
    }


def tell_line(
    roadmap: Roadmap, progress: Progress, times: Times, *, is_own: bool
) -> dict[str, Any]:
    plain = ("id", "slug", "title", "summary", "language", "level", "visibility")
    told = {name: getattr(roadmap, name) for name in plain} | tell_times(times)
    return told | {
        "url": settings.SITE_URL + roadmap.get_absolute_url(),
        "concepts": roadmap.concept_count,
        "is_ready": roadmap.is_readable,
        "is_own": is_own,
        "created_at": roadmap.created_at,
        "progress": {name: getattr(progress, name) for name in ("through", "total", "percent")},
    }


def tell_roadmap(roadmap: Roadmap, theirs: Q | None, *, is_own: bool) -> dict[str, Any]:
    """All of the plan, in as many queries whatever its length."""
    progress = measure_progress([roadmap], theirs)[roadmap.pk]
    run, plan = get_newest_run(roadmap), _read_plan(roadmap)
    times = add_times(concept.times for concept in _concepts_in(plan))
    return tell_line(roadmap, progress, times, is_own=is_own) | {
        "assumptions": roadmap.assumptions,
        "hours_per_week": roadmap.hours_per_week,
        "target_date": roadmap.target_date,
        "run": run and {"run_id": run.pk, "state": run.state},
        "stages": _tell_stages(roadmap, plan, marks_in(roadmap, theirs)),
    }


def tell_concept(roadmap: Roadmap, key: uuid.UUID, theirs: Q | None) -> dict[str, Any]:
    """Raises Http404."""
    concept = Concept.objects.filter(roadmap=roadmap, stable_key=key).first()
    if concept is None:
        raise Http404
    mark = ConceptMark.objects.filter(theirs, concept=concept).first() if theirs else None
    parts = tell_parts(concept)
    states = [part["state"] for part in parts.values() if part["state"]]
    requires = ConceptPrerequisite.objects.filter(concept=concept).order_by("requires__position")
    keys = list(requires.values_list("requires__stable_key", flat=True))
    return (
        _tell_concept(concept, roadmap, states, mark, keys)
        | parts
        | {
            "roadmap_id": roadmap.pk,
            "objectives": concept.objectives,
            "keywords": concept.keywords,
            "changed": _has_changed(mark, parts[ArtifactKindLabel.TUTORIAL]),
        }
    )


def _has_changed(mark: ConceptMark | None, tutorial: Mapping[str, Any]) -> bool:
    read = mark.completed_version if mark else None
    current = tutorial["provenance"]
    return read is not None and current is not None and read < current["version"]


def _read_plan(roadmap: Roadmap) -> list[Stage]:
    artifacts = Artifact.objects.only("concept_id", "state")
    required = ConceptPrerequisite.objects.filter(concept=OuterRef("pk")).values("requires")
    concepts = Concept.objects.defer("objectives", "keywords").order_by("position")
    concepts = concepts.annotate(requires_found=ArraySubquery(required))
    stages = Stage.objects.filter(roadmap=roadmap).prefetch_related(
        Prefetch("modules", Module.objects.order_by("position")),
        Prefetch("modules__concepts", concepts),
        Prefetch("modules__concepts__artifacts", artifacts),
    )
    return list(stages.order_by("position"))


def _concepts_in(plan: Iterable[Stage]) -> Iterator[Concept]:
    for stage in plan:
        for module in stage.modules.all():
            yield from module.concepts.all()


def _tell_stages(
    roadmap: Roadmap, plan: Iterable[Stage], marks: Mapping[int, ConceptMark]
) -> list[dict[str, Any]]:
    keys = {concept.pk: concept.stable_key for concept in _concepts_in(plan)}

    def tell(concept: Any) -> dict[str, Any]:
        states = [artifact.state for artifact in concept.artifacts.all()]
        found = set(concept.requires_found)
        requires = [key for pk, key in keys.items() if pk in found]
        return _tell_concept(concept, roadmap, states, marks.get(concept.pk), requires)

    return [
        {
            "title": stage.title,
            "summary": stage.summary,
            "modules": [
                {
                    "title": module.title,
                    "summary": module.summary,
                    "concepts": [tell(concept) for concept in module.concepts.all()],
                }
                for module in stage.modules.all()
            ],
        }
        for stage in plan
    ]


def _tell_standing(
    concept: Concept, states: list[str], mark: ConceptMark | None
) -> dict[str, str | None]:
    """What was known when it was planned is not written, and nothing of it is missing."""
    known = concept.is_known and not states
    missing = [ArtifactState.READY if known else ArtifactState.PENDING]
    unmarked = Standing.KNOWN.value if known else None
    return {
        "state": str(concept_state(states or missing)),
        "standing": mark.standing if mark else unmarked,
    }


def _tell_concept(
    concept: Concept,
    roadmap: Roadmap,
    states: list[str],
    mark: ConceptMark | None,
    requires: list[uuid.UUID],
) -> dict[str, Any]:
    plain = ("slug", "title", "summary", "kind", "difficulty")
    page = f"{roadmap.get_absolute_url()}{quote(concept.slug)}/"
    return {name: getattr(concept, name) for name in plain} | {
        "id": concept.stable_key,
        "url": settings.SITE_URL + page,
        # Before it is planned, nobody knows how long it takes.
        **tell_times(concept.times if concept.summary else Times()),
        "requires": requires,
        **_tell_standing(concept, states, mark),
    }
