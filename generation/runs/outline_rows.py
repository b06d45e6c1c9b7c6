"""From a checked outline to stages, modules, concepts, prerequisites and empty artifacts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from concepts.content import ArtifactKind
from concepts.models import Artifact, Concept, ConceptPrerequisite
from generation.port.outline import ConceptOutline, Outline
from generation.runs.skeleton_rows import describe_roadmap
from roadmaps.models import Module, Roadmap, Stage
from roadmaps.slugs import SlugNumbers


def save_outline_rows(
    roadmap: Roadmap,
    outline: Outline,
    prerequisites: Mapping[str, Sequence[str]],
    run_id: uuid.UUID,
) -> list[Concept]:
    """Write the whole plan, one statement a table. The caller holds the transaction."""
    describe_roadmap(roadmap, outline)
    modules = _create_structure(roadmap, outline)
    concepts = _create_concepts(roadmap, outline, modules)
    by_key = {concept.outline_key: concept for concept in concepts}
    ConceptPrerequisite.objects.bulk_create(
        ConceptPrerequisite(concept=by_key[key], requires=by_key[required])
        for key, requirements in prerequisites.items()
        for required in requirements
    )
    create_artifacts(concepts, run_id)
    return concepts


def create_artifacts(concepts: Sequence[Concept], run_id: uuid.UUID) -> None:
    """What is to be written of these concepts."""
    kinds = list(ArtifactKind)
    Artifact.objects.bulk_create(
        Artifact(
            concept=concept,
            kind=kind,
            run_id=run_id,
            priority=concept.priority,
            position=concept.position * len(kinds) + order,
        )
        for concept in concepts
        for order, kind in enumerate(kinds)
    )


def _create_structure(roadmap: Roadmap, outline: Outline) -> list[Module]:
    stages = Stage.objects.bulk_create(
        Stage(roadmap=roadmap, position=place, title=stage.title, summary=stage.summary)
        for place, stage in enumerate(outline.stages, start=1)
    )
    return Module.objects.bulk_create(
        Module(stage=row, position=place, title=module.title, summary=module.summary)
        for row, stage in zip(stages, outline.stages, strict=True)
        for place, module in enumerate(stage.modules, start=1)
    )


def _create_concepts(roadmap: Roadmap, outline: Outline, modules: list[Module]) -> list[Concept]:
    rows: list[Concept] = []
    slugs = SlugNumbers()
    for module, planned in zip(modules, outline.modules(), strict=True):
        for concept in planned.concepts:
            slug = slugs.take(concept.title, fallback="concept")
            rows.append(_concept_row(roadmap, module, concept, slug, position=len(rows) + 1))
    return Concept.objects.bulk_create(rows)


def _concept_row(
    roadmap: Roadmap, module: Module, concept: ConceptOutline, slug: str, *, position: int
) -> Concept:
    return Concept(
        roadmap=roadmap,
        module=module,
        position=position,
        title=concept.title,
        slug=slug,
        summary=concept.summary,
        kind=concept.kind,
        difficulty=concept.difficulty,
        est_minutes=concept.est_minutes,
        practice_minutes=concept.times.practice,
        reading_minutes=concept.times.reading,
        objectives=list(concept.objectives),
        keywords=list(concept.keywords),
        outline_key=concept.key,
    )
