"""Reading one concept for its page. Plain data out: what a quiz must not tell is never read."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from concepts.artifact_states import ArtifactState
from concepts.models import (
    Artifact,
    ArtifactKindLabel,
    Choice,
    Concept,
    Question,
    Quiz,
    Resource,
    Tutorial,
)
from generation.models import GenerationRun
from generation.run_states import OPEN, RunState
from learning.concept.origins import describe_origin


@dataclass(frozen=True)
class QuizQuestion:
    """A question as it may be shown before it is answered."""

    stem: str
    hint: str
    choices: list[str]


@dataclass(frozen=True)
class Part:
    """One artifact of a concept: who wrote it, or why it is not there."""

    provenance: str = ""
    missing: str = ""
    tutorial: Tutorial | None = None
    resources: tuple[Resource, ...] = ()
    questions: tuple[QuizQuestion, ...] = ()


@dataclass(frozen=True)
class Lesson:
    tutorial: Part
    resources: Part
    quiz: Part
    requires: list[Concept]
    previous: Concept | None
    next: Concept | None


def get_lesson(concept: Concept, run: GenerationRun | None) -> Lesson:
    found = {artifact.kind: artifact for artifact in _artifacts(concept)}
    parts = {kind: _part(found.get(kind), run) for kind in ArtifactKindLabel.values}
    siblings = Concept.objects.filter(roadmap=concept.roadmap_id)
    return Lesson(
        tutorial=parts[ArtifactKindLabel.TUTORIAL],
        resources=parts[ArtifactKindLabel.RESOURCES],
        quiz=parts[ArtifactKindLabel.QUIZ],
        requires=list(siblings.filter(dependants__concept=concept).order_by("position")),
        previous=siblings.filter(position__lt=concept.position).order_by("-position").first(),
        next=siblings.filter(position__gt=concept.position).order_by("position").first(),
    )


def _artifacts(concept: Concept) -> list[Artifact]:
    """Never `is_correct`, a rationale or an explanation: what is not read cannot leak."""
    choices = Choice.objects.only("question_id", "position", "text").order_by("position")
    questions = Question.objects.only("quiz_id", "position", "type", "stem").order_by("position")
    version = "current_version"
    return list(
        Artifact.objects.filter(concept=concept)
        .select_related(f"{version}__tutorial", f"{version}__quiz")
        .prefetch_related(
            Prefetch(f"{version}__resources", Resource.objects.order_by("position")),
            Prefetch(f"{version}__quiz__questions", questions),
            Prefetch(f"{version}__quiz__questions__choices", choices),
        )
    )


def _part(artifact: Artifact | None, run: GenerationRun | None) -> Part:
    if artifact is None:
        return Part(missing=_("Nobody has been asked to write this."))
    version = artifact.current_version
    if version is None:
        return Part(missing=explain_missing(artifact, run))
    return Part(
        provenance=describe_origin(version),
        tutorial=getattr(version, "tutorial", None),
        resources=tuple(version.resources.all()),
        questions=_questions(getattr(version, "quiz", None)),
    )


def _questions(quiz: Quiz | None) -> tuple[QuizQuestion, ...]:
    if quiz is None:
        return ()
    return tuple(
        QuizQuestion(
            question.stem,
            question.get_type_display(),
            [choice.text for choice in question.choices.all()],
        )
        for question in quiz.questions.all()
    )


def explain_missing(artifact: Artifact, run: GenerationRun | None) -> str:
    """What an unwritten artifact waits for, or why it will not come."""
    if artifact.state == ArtifactState.FAILED:
        return _("This could not be written: %(reason)s") % {"reason": artifact.error_public}
    if run is None or RunState(run.state) not in OPEN:
        return _explain_stopped(run)
    if artifact.state == ArtifactState.RUNNING:
        return _("This is being written now.")
    if artifact.error_public:
        return _("This will be tried again. %(reason)s") % {"reason": artifact.error_public}
    return _("This waits for its turn; what comes before it is being written.")


def _explain_stopped(run: GenerationRun | None) -> str:
    stopped = _("Writing has stopped before this was its turn.")
    return f"{stopped} {run.reason}" if run is not None and run.reason else stopped
