"""How a concept stands, from the states of its artifacts. Pure but for the words."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from concepts.artifact_states import UNFINISHED, ArtifactState


class ConceptState(TextChoices):
    READY = "ready", _("ready")
    PARTLY = "partly", _("partly ready")
    WRITING = "running", _("being written")
    WAITING = "queued", _("waiting")
    FAILED = "failed", _("incomplete")


def concept_state(states: Collection[str]) -> ConceptState:
    seen = set(states)
    if seen == {ArtifactState.READY}:
        return ConceptState.READY
    if ArtifactState.FAILED in seen and not seen & UNFINISHED:
        return ConceptState.FAILED
    if ArtifactState.RUNNING in seen:
        return ConceptState.WRITING
    return ConceptState.PARTLY if ArtifactState.READY in seen else ConceptState.WAITING
