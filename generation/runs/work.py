"""What is to be written, with all that a writer has to know."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from concepts.content import ArtifactKind
from concepts.models import Artifact, Concept
from generation.port.briefs import ConceptBrief, Neighbour

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
