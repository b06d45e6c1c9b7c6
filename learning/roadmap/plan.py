"""Reading roadmaps for pages. Plain data out."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch

from concepts.models import Artifact, Concept
from learning.roadmap.states import ConceptState, concept_state
from roadmaps.models import Module, Roadmap, Stage


@dataclass(frozen=True)
class ConceptLine:
    title: str
    slug: str
    minutes: int
    state: ConceptState


@dataclass(frozen=True)
class ModulePlan:
    title: str
    summary: str
    concepts: list[ConceptLine]


@dataclass(frozen=True)
class StagePlan:
    title: str
    summary: str
    modules: list[ModulePlan]

    @property
    def concepts(self) -> list[ConceptLine]:
        return [concept for module in self.modules for concept in module.concepts]

    @property
    def minutes(self) -> int:
        return sum(concept.minutes for concept in self.concepts)


@dataclass(frozen=True)
class RoadmapPlan:
    stages: list[StagePlan]

    @property
    def minutes(self) -> int:
        return sum(stage.minutes for stage in self.stages)

    @property
    def total(self) -> int:
        return sum(len(stage.concepts) for stage in self.stages)

    @property
    def ready(self) -> int:
        concepts = [concept for stage in self.stages for concept in stage.concepts]
        return sum(concept.state is ConceptState.READY for concept in concepts)


def get_plan(roadmap: Roadmap) -> RoadmapPlan:
    """Four queries, however long the roadmap is."""
    artifacts = Artifact.objects.only("concept_id", "state")
    concepts = Concept.objects.only("module_id", "title", "slug", "est_minutes").order_by(
        "position"
    )
    stages = Stage.objects.filter(roadmap=roadmap).prefetch_related(
        Prefetch("modules", Module.objects.order_by("position")),
        Prefetch("modules__concepts", concepts),
        Prefetch("modules__concepts__artifacts", artifacts),
    )
    return RoadmapPlan([_plan_stage(stage) for stage in stages.order_by("position")])


def _plan_stage(stage: Stage) -> StagePlan:
    modules = [
        ModulePlan(module.title, module.summary, [_line(one) for one in module.concepts.all()])
        for module in stage.modules.all()
    ]
    return StagePlan(stage.title, stage.summary, modules)


def _line(concept: Concept) -> ConceptLine:
    state = concept_state([artifact.state for artifact in concept.artifacts.all()])
    return ConceptLine(concept.title, concept.slug, concept.est_minutes, state)
