"""How a concept stands: from the states of its artifacts, and for somebody who is through with it
from their mark. Pure but for the words."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from concepts.artifact_states import UNFINISHED, ArtifactState


class ConceptState(TextChoices):
    """How far the writing is; the last four are a learner's own, and come before it."""

    READY = "ready", _("ready")
    PARTLY = "partly", _("partly ready")
    WRITING = "running", _("being written")
    WAITING = "queued", _("waiting")
    FAILED = "failed", _("incomplete")
    PLANNING = "planning", _("being planned")
    DONE = "done", _("done")
    KNOWN = "known", _("known before")
    SKIPPED = "skipped", _("skipped")
    CHANGED = "changed", _("done, changed since")


# Somebody is through with these.
THROUGH = frozenset(
    {ConceptState.DONE, ConceptState.KNOWN, ConceptState.SKIPPED, ConceptState.CHANGED}
)


def marked_state(standing: str, read: int | None, tutorial_version: int | None) -> ConceptState:
    """What was read in an older version has changed since; what was never read has not."""
    if read is not None and tutorial_version is not None and read < tutorial_version:
        return ConceptState.CHANGED
    return ConceptState(standing)


def concept_state(states: Collection[str]) -> ConceptState:
    seen = set(states)
    if seen == {ArtifactState.READY}:
        return ConceptState.READY
    if ArtifactState.FAILED in seen and not seen & UNFINISHED:
        return ConceptState.FAILED
    if ArtifactState.RUNNING in seen:
        return ConceptState.WRITING
    return ConceptState.PARTLY if ArtifactState.READY in seen else ConceptState.WAITING


def planned_state(states: Collection[str], details: str, *, is_known: bool) -> ConceptState:
    """The same of a concept whose module may still be without `details`. What was known before
    there was a plan is not written: nothing of it is missing."""
    if details == ArtifactState.FAILED:
        return ConceptState.FAILED
    if details != ArtifactState.READY:
        return ConceptState.PLANNING
    return ConceptState.READY if is_known and not states else concept_state(states)
