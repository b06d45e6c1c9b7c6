"""“Changed since you finished it”: what somebody is done with has a newer version now.

Computed when it is read, so that whoever writes content needs to know nothing of learners.
"""

from __future__ import annotations

from django.db.models import F, Q

from concepts.models import ArtifactKindLabel, ArtifactVersion
from learning.models import ConceptMark
from roadmaps.models import Roadmap


def is_changed(mark: ConceptMark | None, current: ArtifactVersion | None) -> bool:
    """`current`: the version of the tutorial that is shown."""
    if mark is None or mark.completed_version is None or current is None:
        return False
    return mark.completed_version < current.number


def changed_concepts(roadmap: Roadmap, theirs: Q | None) -> set[int]:
    """Keys of the concepts of a roadmap that have changed since, in one query."""
    if theirs is None:
        return set()
    newer = ConceptMark.objects.filter(
        theirs,
        concept__roadmap=roadmap,
        concept__artifacts__kind=ArtifactKindLabel.TUTORIAL,
        concept__artifacts__current_version__number__gt=F("completed_version"),
    )
    return set(newer.values_list("concept_id", flat=True))
