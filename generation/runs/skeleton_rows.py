"""From an accepted skeleton to stages, modules and titled concepts, and from the rows back."""

from __future__ import annotations

import uuid
from typing import cast

from concepts.models import Concept
from generation.port.outline import Outline
from generation.port.skeleton import Skeleton, SkeletonConcept, SkeletonModule, SkeletonStage
from roadmaps.bounds import LevelName
from roadmaps.models import DetailsState, Module, Roadmap, Stage
from roadmaps.slugs import SlugNumbers


def save_skeleton_rows(roadmap: Roadmap, skeleton: Skeleton, run_id: uuid.UUID) -> list[Concept]:
    """Write titles and order, one statement a table; what concepts teach comes module by module.

    The caller holds the transaction and the roadmap, and knows that it has no concepts yet.
    """
    describe_roadmap(roadmap, skeleton)
    return _create_concepts(roadmap, skeleton, _create_structure(roadmap, skeleton, run_id))


def describe_roadmap(roadmap: Roadmap, plan: Outline | Skeleton) -> None:
    roadmap.title = plan.title
    roadmap.summary = plan.summary
    roadmap.language = plan.language
    roadmap.level = plan.level
    roadmap.assumptions = list(plan.assumptions)
    roadmap.save(
        update_fields=["title", "summary", "language", "level", "assumptions", "updated_at"]
    )


def _create_structure(roadmap: Roadmap, skeleton: Skeleton, run_id: uuid.UUID) -> list[Module]:
    stages = Stage.objects.bulk_create(
        Stage(roadmap=roadmap, position=place, title=stage.title)
        for place, stage in enumerate(skeleton.stages, start=1)
    )
    return Module.objects.bulk_create(
        Module(
            stage=row,
            position=place,
            title=module.title,
            run_id=run_id,
            details_state=DetailsState.PENDING,
        )
        for row, stage in zip(stages, skeleton.stages, strict=True)
        for place, module in enumerate(stage.modules, start=1)
    )


def _create_concepts(roadmap: Roadmap, skeleton: Skeleton, modules: list[Module]) -> list[Concept]:
    rows: list[Concept] = []
    slugs = SlugNumbers()
    for module, planned in zip(modules, skeleton.modules(), strict=True):
        rows += [
            Concept(
                roadmap=roadmap,
                module=module,
                position=len(rows) + place,
                title=concept.title,
                slug=slugs.take(concept.title, fallback="concept"),
                outline_key=concept.key,
                is_known=concept.known,
            )
            for place, concept in enumerate(planned.concepts, start=1)
        ]
    return Concept.objects.bulk_create(rows)


def read_skeleton_rows(roadmap_id: uuid.UUID) -> tuple[Skeleton, list[int]]:
    """The skeleton as it stands in the rows, and the keys of its modules in the same order.

    Not validated: what staff made of the rows is what there is.
    """
    roadmap = Roadmap.objects.get(pk=roadmap_id)
    concepts: dict[int, list[SkeletonConcept]] = {}
    found = Concept.objects.filter(roadmap=roadmap_id).order_by("position")
    for module_id, key, title, known in found.values_list(
        "module_id", "outline_key", "title", "is_known"
    ):
        concept = SkeletonConcept.model_construct(key=key, title=title, known=known)
        concepts.setdefault(module_id, []).append(concept)
    modules = Module.objects.filter(stage__roadmap=roadmap_id).select_related("stage")
    stages: dict[int, SkeletonStage] = {}
    order: list[int] = []
    for module in modules.order_by("stage__position", "position"):
        empty = SkeletonStage.model_construct(title=module.stage.title, modules=[])
        stages.setdefault(module.stage_id, empty).modules.append(
            SkeletonModule.model_construct(title=module.title, concepts=concepts.get(module.pk, []))
        )
        order.append(module.pk)
    skeleton = Skeleton.model_construct(
        title=roadmap.title,
        summary=roadmap.summary,
        language=roadmap.language,
        level=cast("LevelName", roadmap.level),
        assumptions=list(roadmap.assumptions),
        stages=list(stages.values()),
    )
    return skeleton, order
