"""What must never be, refused by PostgreSQL itself."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from model_bakery import baker

from concepts.models import Artifact, ArtifactVersion, Concept, ConceptPrerequisite
from generation.models import GenerationEvent, GenerationRun
from roadmaps.models import Roadmap, Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def concept() -> Concept:
    return baker.make(Concept, slug="bowline", title="Bowline", outline_key="bowline")


@pytest.fixture
def artifact(concept: Concept) -> Artifact:
    return baker.make(Artifact, concept=concept, kind="tutorial")


def assert_refused(name: str, write: Callable[..., Any], **fields: Any) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write(**fields)


def update(artifact: Artifact) -> Callable[..., Any]:
    return Artifact.objects.filter(pk=artifact.pk).update


def test_a_running_artifact_is_held_by_somebody(artifact: Artifact) -> None:
    assert_refused("artifact_running_means_leased", update(artifact), state="running")


def test_only_a_running_artifact_is_held(artifact: Artifact) -> None:
    assert_refused("artifact_running_means_leased", update(artifact), lease_until=timezone.now())


def test_a_ready_artifact_has_a_version(artifact: Artifact) -> None:
    assert_refused("artifact_ready_has_version", update(artifact), state="ready")


def test_a_failed_artifact_says_why(artifact: Artifact) -> None:
    assert_refused("artifact_failed_says_why", update(artifact), state="failed")


def test_there_are_no_other_states(artifact: Artifact) -> None:
    assert_refused("artifact_state_known", update(artifact), state="nearly")


def test_a_concept_has_one_artifact_of_a_kind(artifact: Artifact) -> None:
    fields = {"concept": artifact.concept, "kind": "tutorial", "position": 9}
    assert_refused("artifact_kind_unique", Artifact.objects.create, **fields)


def test_a_run_writes_an_artifact_once(artifact: Artifact) -> None:
    run_id = uuid.uuid4()
    fields = {"artifact": artifact, "run_id": run_id, "origin": "generated", "language": "en"}
    ArtifactVersion.objects.create(number=1, **fields)
    assert_refused("version_once_per_run", ArtifactVersion.objects.create, number=2, **fields)


def test_no_concept_requires_itself(concept: Concept) -> None:
    fields = {"concept": concept, "requires": concept}
    assert_refused("prerequisite_not_itself", ConceptPrerequisite.objects.create, **fields)


def test_a_run_that_stopped_says_why() -> None:
    run = baker.make(GenerationRun)
    write = GenerationRun.objects.filter(pk=run.pk).update
    assert_refused("run_stopped_says_why", write, state="paused")


def test_events_of_a_run_have_numbers_of_their_own() -> None:
    run = baker.make(GenerationRun)
    GenerationEvent.objects.create(run=run, seq=1, type="run_queued")
    fields = {"run": run, "seq": 1, "type": "run_queued"}
    assert_refused("event_seq_unique", GenerationEvent.objects.create, **fields)


def test_a_roadmap_has_a_slug() -> None:
    roadmap = baker.make(Roadmap, slug="knots")
    assert_refused("roadmap_is_named", Roadmap.objects.filter(pk=roadmap.pk).update, slug="")


def test_two_stages_do_not_stand_in_one_place() -> None:
    stage = baker.make(Stage, position=1)
    fields = {"roadmap": stage.roadmap, "position": 1, "title": "Again"}
    assert_refused("stage_position_unique", Stage.objects.create, **fields)


def test_deleting_a_roadmap_takes_everything_with_it(artifact: Artifact) -> None:
    version = baker.make(ArtifactVersion, artifact=artifact)
    update(artifact)(state="ready", current_version=version)
    artifact.concept.roadmap.delete()
    assert not Artifact.objects.exists()
    assert not ArtifactVersion.objects.exists()
