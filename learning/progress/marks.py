"""Being through with a concept: done, known before, skipped; or not after all."""

from __future__ import annotations

from django.db import transaction

from concepts.models import Artifact, ArtifactKindLabel, Concept
from learning.models import ConceptMark, Learner, Standing

# What takes a mark away again.
NONE = "none"


@transaction.atomic
def set_mark(learner: Learner, concept: Concept, standing: Standing) -> ConceptMark:
    """Done means this version of the tutorial was read; what is known or skipped was not read."""
    version = _current_version(concept) if standing is Standing.DONE else None
    mark, _is_new = ConceptMark.objects.update_or_create(
        learner=learner,
        concept=concept,
        defaults={"standing": standing, "completed_version": version},
    )
    return mark


def clear_mark(learner: Learner, concept: Concept) -> None:
    ConceptMark.objects.filter(learner=learner, concept=concept).delete()


def _current_version(concept: Concept) -> int | None:
    tutorials = Artifact.objects.filter(concept=concept, kind=ArtifactKindLabel.TUTORIAL)
    return tutorials.values_list("current_version__number", flat=True).first()
