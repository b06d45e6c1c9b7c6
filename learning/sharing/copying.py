"""Copying a roadmap with all that is ready in it, in the rows."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from accounts.models import User
from concepts.artifact_states import ArtifactState
from concepts.models import (
    Artifact,
    ArtifactVersion,
    Choice,
    Concept,
    ConceptPrerequisite,
    Question,
    Quiz,
    Resource,
    Tutorial,
)
from roadmaps.models import DetailsState, Module, Roadmap, Stage, Visibility
from roadmaps.services import create_roadmap

# Of versions whose content is in memory at a time: a tutorial may have 60,000 characters.
AT_ONCE = 60

NOT_WRITTEN = gettext_noop("It was not written yet where this roadmap was copied from.")

Row = TypeVar("Row", bound=Model)
Keys = Mapping[Any, Any]


@transaction.atomic
def copy_roadmap(source: Roadmap, *, owner: User | None, key: uuid.UUID | None = None) -> Roadmap:
    """A roadmap of somebody's own, private, or without an owner unlisted. Rows are written in the
    order of the plan. What was not ready is said to be missing."""
    copy = _copy_head(source, owner, key or uuid.uuid4())
    stages = _copy_rows(Stage.objects.filter(roadmap=source).order_by("position"), roadmap=copy.pk)
    modules = Module.objects.filter(stage__roadmap=source).order_by("stage__position", "position")
    module_keys = _copy_rows(modules, stage=stages)
    _leave_unplanned(module_keys)
    concepts = Concept.objects.filter(roadmap=source).order_by("position")
    concept_keys = _copy_rows(concepts, roadmap=copy.pk, module=module_keys)
    Concept.objects.filter(roadmap=copy, priority__gt=0).update(priority=0)
    edges = ConceptPrerequisite.objects.filter(concept__roadmap=source).order_by("pk")
    _copy_rows(edges, concept=concept_keys, requires=concept_keys)
    is_planned = not Module.objects.filter(
        stage__roadmap=copy, details_state=DetailsState.FAILED
    ).exists()
    if _copy_artifacts(source, concept_keys) and is_planned:
        Roadmap.objects.filter(pk=copy.pk).update(is_readable=True)
    return copy


def _leave_unplanned(modules: Keys) -> None:
    """No run is to plan the copies; what had no details there is said to have none here."""
    copies = Module.objects.filter(pk__in=list(modules.values()))
    nobodys: dict[str, Any] = {"run_id": None, "leased_by": None, "lease_until": None}
    copies.exclude(details_state=DetailsState.READY).update(
        details_state=DetailsState.FAILED,
        error_public=NOT_WRITTEN,
        error_detail="",
        retry_at=None,
        **nobodys,
    )
    copies.update(**nobodys, priority=0, attempts=0)


def _copy_head(source: Roadmap, owner: User | None, key: uuid.UUID) -> Roadmap:
    kept = ("summary", "assumptions", "language", "level", "hours_per_week")
    copy = create_roadmap(
        id=key,
        goal=source.goal,
        owner=owner,
        visibility=Visibility.PRIVATE if owner else Visibility.UNLISTED,
        copied_from=source.pk,
        copied_title=source.title,
        **{name: getattr(source, name) for name in kept},
    )
    copy.title = source.title
    copy.save(update_fields=["title"])
    return copy


def _copy_artifacts(source: Roadmap, concepts: Keys) -> bool:
    """Whether all were ready, and there were some."""
    old = list(Artifact.objects.filter(concept__roadmap=source).order_by("position", "pk"))
    new = Artifact.objects.bulk_create(
        _fresh(artifact, concepts[artifact.concept_id])
        for artifact in old
        if artifact.concept_id in concepts
    )
    ready = {
        artifact.current_version_id: copy.pk
        for artifact, copy in zip(old, new, strict=True)
        if artifact.current_version_id is not None
    }
    versions = list(ready)  # in the order of the plan
    for start in range(0, len(versions), AT_ONCE):
        _copy_versions(versions[start : start + AT_ONCE], ready)
    _make_ready(list(ready.values()))
    return bool(old) and len(ready) == len(old)


def _fresh(artifact: Artifact, concept_id: int) -> Artifact:
    """Without a version it cannot be ready yet; without a run nobody claims it."""
    copy = Artifact(concept_id=concept_id, kind=artifact.kind, position=artifact.position)
    if artifact.current_version_id is None:
        copy.state = ArtifactState.FAILED
        copy.error_public = NOT_WRITTEN
    return copy


def _copy_versions(versions: Sequence[int], artifacts: Keys) -> None:
    old = list(ArtifactVersion.objects.filter(pk__in=versions).order_by("artifact__position", "pk"))
    # Paid for once, and not here; what somebody typed is theirs.
    other = {"tokens_in": 0, "tokens_out": 0, "cost_usd": None, "instruction": ""}
    new = ArtifactVersion.objects.bulk_create(
        _copied(version, artifact_id=artifacts[version.pk], number=1, **other) for version in old
    )
    for version, copy in zip(old, new, strict=True):
        copy.created_at = version.created_at
    ArtifactVersion.objects.bulk_update(new, ["created_at"])
    keys = {version.pk: copy.pk for version, copy in zip(old, new, strict=True)}
    _copy_rows(Tutorial.objects.filter(version__in=versions).order_by("pk"), version=keys)
    resources = Resource.objects.filter(version__in=versions).order_by("version_id", "position")
    _copy_rows(resources, version=keys)
    _copy_rows(Quiz.objects.filter(version__in=versions).order_by("pk"), version=keys)
    questions = Question.objects.filter(quiz__in=versions).order_by("quiz_id", "position")
    question_keys = _copy_rows(questions, quiz=keys)
    choices = Choice.objects.filter(question__quiz__in=versions)
    _copy_rows(choices.order_by("question_id", "position"), question=question_keys)


def _make_ready(artifacts: Sequence[int]) -> None:
    version = ArtifactVersion.objects.filter(artifact=OuterRef("pk")).values("pk")[:1]
    Artifact.objects.filter(pk__in=artifacts).update(
        current_version=Subquery(version), state=ArtifactState.READY, finished_at=Now()
    )


def _copy_rows(rows: QuerySet[Row], **parents: Keys | uuid.UUID) -> dict[Any, Any]:
    """Copies under other parents; new keys by the old ones. One statement a table."""
    old = list(rows)
    if not old:
        return {}
    new = rows.bulk_create(
        _copied(row, **{f"{name}_id": _parent(row, name, keys) for name, keys in parents.items()})
        for row in old
    )
    return {row.pk: copy.pk for row, copy in zip(old, new, strict=True)}


def _parent(row: Model, name: str, keys: Keys | uuid.UUID) -> Any:
    return keys[getattr(row, f"{name}_id")] if isinstance(keys, Mapping) else keys


def _copied(row: Row, **changes: Any) -> Row:
    """All columns, those that come later included."""
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    return type(row)(**{field.attname: getattr(row, field.attname) for field in fields} | changes)
