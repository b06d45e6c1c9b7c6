"""A roadmap of knots, and what somebody has left behind in it."""

from __future__ import annotations

from typing import Any

from model_bakery import baker

from concepts.models import Artifact, ArtifactKindLabel, ArtifactVersion, Concept
from learning.models import ConceptMark, Learner, Standing
from roadmaps.models import Module, Roadmap, Stage


def make_roadmap(slug: str = "knots", *, concepts: int = 4, **fields: Any) -> Roadmap:
    roadmap = baker.make(
        Roadmap, title=slug.title(), slug=slug, visibility=fields.pop("visibility", "public")
    )
    for number in range(1, concepts + 1):
        make_concept(roadmap, number)
    roadmap.refresh_from_db()
    return roadmap


def make_concept(roadmap: Roadmap, number: int) -> Concept:
    name = f"c{number:02}"
    module = Module.objects.filter(stage__roadmap=roadmap).first()
    # Rows are not made in the order in which they are read.
    return baker.make(
        Concept,
        roadmap=roadmap,
        module=module or baker.make(Module, stage=baker.make(Stage, roadmap=roadmap)),
        title=name,
        slug=name,
        outline_key=name,
        position=1000 - number,
    )


def in_order(roadmap: Roadmap) -> list[Concept]:
    return list(roadmap.concepts.order_by("position"))


def mark(
    learner: Learner,
    concept: Concept,
    standing: str = Standing.DONE,
    *,
    version: int | None = None,
) -> ConceptMark:
    return ConceptMark.objects.create(
        learner=learner, concept=concept, standing=standing, completed_version=version
    )


def write_tutorial(concept: Concept, number: int = 1) -> ArtifactVersion:
    """Version `number`, current from now on."""
    artifact, _ = Artifact.objects.get_or_create(
        concept=concept, kind=ArtifactKindLabel.TUTORIAL, defaults={"position": 1}
    )
    version = baker.make(ArtifactVersion, artifact=artifact, number=number)
    artifact.current_version = version
    artifact.save()
    return version
