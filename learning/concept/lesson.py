"""What the page of a concept shows. Plain data out: what a quiz must not tell is never read."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concepts.artifact_states import UNFINISHED, ArtifactState
from concepts.models import Artifact, ArtifactKindLabel, ArtifactVersion, Origin
from generation.models import GenerationRun
from generation.run_states import OPEN, RunState
from generation.runs.learner_words import explain_artifact, explain_run
from learning.concept.origins import describe_origin
from learning.concept.snapshot import Rewriting, Snapshot
from learning.concept.texts import Text, get_texts
from learning.concept.turns import Planning
from roadmaps.models import DetailsState


@dataclass(frozen=True)
class Part:
    """One artifact of a concept: who wrote it, or why it is not there."""

    kind: str
    provenance: str = ""
    missing: str = ""
    version: ArtifactVersion | None = None
    # What becomes of a new version, and where to follow that.
    rewriting: str = ""
    rewriting_run: uuid.UUID | None = None
    # Whether it has ended, so that the notice can go; and whether there is a version to be shown.
    has_ended: bool = False
    is_kept: bool = False
    text: Text = field(default_factory=Text)
    # Whether it comes while the page is open, unless something goes wrong.
    is_awaited: bool = False


@dataclass(frozen=True)
class Lesson:
    tutorial: Part
    resources: Part
    quiz: Part

    @property
    def parts(self) -> list[Part]:
        return [self.tutorial, self.resources, self.quiz]


def get_lesson(snapshot: Snapshot, *, may_change: bool = False) -> Lesson:
    """No query but one for what is not kept yet. Who `may_change` it is told what came of a new
    version, when that is no more than before."""
    found = [snapshot.artifacts.get(kind) for kind in ArtifactKindLabel.values]
    versions = [one.current_version for one in found if one and one.current_version]
    texts = get_texts(versions, snapshot.links, snapshot.terms)
    parts = {
        kind: _part(kind, artifact, snapshot, texts)
        for kind, artifact in zip(ArtifactKindLabel.values, found, strict=True)
    }
    for kind, rewriting in snapshot.rewritings.items():
        parts[kind] = _with_rewriting(parts[kind], rewriting, may_change=may_change)
    tutorial = parts[ArtifactKindLabel.TUTORIAL]
    return Lesson(
        tutorial=tutorial,
        resources=_told_once(parts[ArtifactKindLabel.RESOURCES], tutorial),
        quiz=_told_once(parts[ArtifactKindLabel.QUIZ], tutorial),
    )


def _told_once(part: Part, tutorial: Part) -> Part:
    """What is built in says of a lesson as a whole what was done to it, above the tutorial."""
    is_built_in = part.version is not None and part.version.origin == Origin.AUTHORED
    is_told = is_built_in and part.provenance == tutorial.provenance
    return replace(part, provenance="") if is_told else part


def _part(
    kind: str, artifact: Artifact | None, snapshot: Snapshot, texts: Mapping[int, Text]
) -> Part:
    has_code = any(text.has_code for text in texts.values())
    if artifact is None and snapshot.planning is not None:
        missing = explain_unplanned(snapshot.planning, snapshot.run)
        return Part(kind, missing=missing, is_awaited=snapshot.is_being_written)
    if artifact is None:
        return Part(kind, missing=_("Nobody has been asked to write this."))
    version = artifact.current_version
    if version is None:
        missing = explain_missing(artifact, snapshot.run, before=snapshot.before.get(kind, 0))
        return Part(kind, missing=missing, is_awaited=_is_awaited(artifact, snapshot.run))
    return Part(
        kind,
        provenance=describe_origin(version, has_code=has_code),
        version=version,
        text=texts[version.pk],
    )


def _with_rewriting(part: Part, rewriting: Rewriting, *, may_change: bool) -> Part:
    is_open = RunState(rewriting.state) in OPEN
    is_told = is_open or (may_change and rewriting.dismissed_at is None)
    words = tell_rewriting(rewriting) if is_told else ""
    if not words:
        return part
    return replace(
        part,
        rewriting=words,
        rewriting_run=rewriting.id,
        has_ended=not is_open,
        is_kept=rewriting.kept and not is_open,
    )


def tell_rewriting(rewriting: Rewriting) -> str:
    """Nothing once the new version is there."""
    state = RunState(rewriting.state)
    if state in OPEN:
        return _("A new version is being written. Until it is ready, this one is shown.")
    if rewriting.kept and state is not RunState.READY:
        return _("Writing a new version was stopped when it was finished. It is kept, not shown.")
    if state is RunState.CANCELLED:
        return _("The new version was not written: that was stopped. This is the one there was.")
    if state is RunState.FAILED:
        reason = explain_artifact(rewriting.reason)
        words = _("The new version could not be written. %(reason)s This is the one there was.")
        return words % {"reason": reason}
    if state is RunState.PAUSED:
        return _("The new version is not written yet. %(reason)s") % {
            "reason": explain_run(state, rewriting.reason)
        }
    return ""


def _is_awaited(artifact: Artifact, run: GenerationRun | None) -> bool:
    is_open = run is not None and RunState(run.state) in OPEN
    return is_open and artifact.state in UNFINISHED


def explain_unplanned(planning: Planning, run: GenerationRun | None) -> str:
    """What a concept waits for whose module has no details yet, or why it will not come."""
    why = {"reason": explain_artifact(planning.error_public)} if planning.error_public else {}
    if planning.state == DetailsState.FAILED:
        return _("What this teaches could not be planned: %(reason)s") % why
    if run is None or RunState(run.state) not in OPEN:
        return _("Writing has stopped before this was its turn.")
    if planning.state == DetailsState.RUNNING:
        return _("What this teaches is being planned now. Then it is written.")
    if why:
        return _("This will be tried again. %(reason)s") % why
    if planning.is_first:
        return _("What this teaches is planned next. Then it is written.")
    return _("What this teaches is still to be planned. Then it is written.")


def explain_missing(artifact: Artifact, run: GenerationRun | None, *, before: int = 0) -> str:
    """What an unwritten artifact waits for, or why it will not come. `before`: as many others are
    written first."""
    if artifact.state == ArtifactState.FAILED:
        why = explain_artifact(artifact.error_public)
        return _("This could not be written: %(reason)s") % {"reason": why}
    if run is None or RunState(run.state) not in OPEN:
        # Why is told above the lesson.
        return _("Writing has stopped before this was its turn.")
    if artifact.state == ArtifactState.RUNNING:
        return _("This is being written now.")
    if artifact.error_public:
        why = explain_artifact(artifact.error_public)
        return _("This will be tried again. %(reason)s") % {"reason": why}
    if not before:
        return _("This is written next.")
    words = ngettext(
        "This waits for its turn: %(count)s part of another lesson is written before it.",
        "This waits for its turn: %(count)s parts of other lessons are written before it.",
        before,
    )
    return words % {"count": before}
