"""All that changes a page, each by itself: of a roadmap of Alice's, its second concept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.models import User
from concepts.models import Artifact, ArtifactVersion, Concept
from generation.models import GenerationRun
from learning.models import ConceptMark, Learner, Note, Report, Standing
from roadmaps.models import Roadmap, Visibility
from tests.visitors import Visitors


def learner(visitors: Visitors) -> Learner:
    return Learner.objects.get_or_create(user=visitors.alice)[0]


def second() -> Concept:
    return Concept.objects.get(outline_key="c02")


CHANGES: dict[str, Callable[[Visitors], Any]] = {
    "a note": lambda v: Note.objects.create(learner=learner(v), concept=second(), markdown="x"),
    "a mark": lambda v: ConceptMark.objects.create(
        learner=learner(v), concept=second(), standing=Standing.DONE
    ),
    "a mark on what is required": lambda v: ConceptMark.objects.create(
        learner=learner(v),
        concept=Concept.objects.get(outline_key="c01"),
        standing=Standing.KNOWN,
    ),
    "a report": lambda v: Report.objects.create(
        learner=learner(v), kind="wrong", version=ArtifactVersion.objects.filter(
            current_of__concept=second()
        )[0],
    ),
    "the title": lambda _v: Concept.objects.filter(pk=second().pk).update(title="Anew"),
    "a title beside it": lambda _v: Concept.objects.filter(outline_key="c03").update(title="Anew"),
    "the run": lambda _v: GenerationRun.objects.update(state="paused", reason="Because."),
    "a version": lambda _v: ArtifactVersion.objects.filter(
        current_of__concept=second()
    ).update(number=2),
    "an artifact": lambda _v: Artifact.objects.filter(concept=second(), kind="quiz").update(
        state="pending", current_version=None
    ),
    "who may see it": lambda _v: Roadmap.objects.update(visibility=Visibility.PUBLIC),
    "the account": lambda v: User.objects.filter(pk=v.alice.pk).update(email="a@b.example"),
    "its time zone": lambda _v: User.objects.update(time_zone="Asia/Tokyo"),
}  # fmt: skip
