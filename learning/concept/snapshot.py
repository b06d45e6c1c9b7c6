"""All that decides how the page of a concept looks to somebody, in one query.

What the rows say is kept as PostgreSQL wrote it, too: a page is as it was while that is the same.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import Http404

from concepts.artifact_states import UNFINISHED
from concepts.models import Artifact, ArtifactVersion, Concept
from generation.models import GenerationRun
from generation.run_states import OPEN, RunState
from learning.concept.snapshot_query import ask_for_state
from learning.concept.turns import Planning
from learning.models import ConceptMark, Note, Standing
from learning.quiz.attempts import LastAttempt, read_last
from roadmaps.access import Visitor
from roadmaps.models import OPEN_DETAILS, Roadmap

_LEFT_BEHIND = ("mark", "note", "reported", "last_attempt")
NO_MARKS: Mapping[str, str | None] = MappingProxyType({})


@dataclass(frozen=True)
class Neighbour:
    """Another concept of the roadmap, and how the learner stands with it (empty: not at all)."""

    slug: str
    title: str
    standing: str = ""

    @property
    def standing_label(self) -> str:
        return str(Standing(self.standing).label) if self.standing else ""


@dataclass(frozen=True)
class Rewriting:
    """The newest run that is about one artifact which is ready; `kept`: what it wrote is there and
    was never shown."""

    id: uuid.UUID
    state: str
    reason: str
    dismissed_at: str | None = None
    kept: bool = False


@dataclass(frozen=True)
class Snapshot:
    """`state` is all of it as one text: whatever changes on the page changes there. `shared`: what
    of it is not the visitor's, as JSON."""

    state: str
    shared: dict[str, Any]
    roadmap: Roadmap
    concept: Concept
    stage: str
    module: str
    run: GenerationRun | None
    artifacts: dict[str, Artifact]
    # None once it is told what the concept teaches, and what is to be written of it.
    planning: Planning | None
    # Of what waits: how many parts of other concepts are written before it.
    before: dict[str, int]
    # How links were found to be, as one text; empty where a version has none.
    links: dict[int, str]
    # Of all that the roadmap introduces, where: changes with it, and with nothing else.
    terms: str
    rewritings: dict[str, Rewriting]
    requires: list[Neighbour]
    leads_to: list[Neighbour]
    previous: Neighbour | None
    next: Neighbour | None
    mark: ConceptMark | None
    note: Note | None
    # Kinds of reports by the version they are about.
    reported: dict[int, list[str]]
    last_attempt: LastAttempt | None

    @property
    def is_being_written(self) -> bool:
        """Whether something of it is still to come."""
        is_open = self.run is not None and RunState(self.run.state) in OPEN
        if self.planning is not None:
            is_coming = self.planning.state in OPEN_DETAILS and not self.is_left_out
            return is_open and is_coming
        return is_open and any(one.state in UNFINISHED for one in self.artifacts.values())

    @property
    def is_left_out(self) -> bool:
        """Whether it was known when the plan was made: then nothing of it is written."""
        return self.concept.is_known and not self.artifacts

    def version_of(self, kind: str) -> ArtifactVersion | None:
        """The one that is shown."""
        artifact = self.artifacts.get(kind)
        return artifact.current_version if artifact else None

    def of_nobody(self) -> Snapshot:
        """As it is for who has left nothing behind."""
        nothing: dict[str, Any] = {"mark": None, "note": None, "reported": [], "last_attempt": None}
        return _make("", self.shared, nothing | {"standings": NO_MARKS})


def get_snapshot(visitor: Visitor, session: SessionBase, roadmap_slug: str, slug: str) -> Snapshot:
    """Raises Http404 where there is nothing that this visitor may see."""
    state = ask_for_state(visitor, session, roadmap_slug, slug)
    if state is None:
        raise Http404
    return _read(state)


def _read(state: str) -> Snapshot:
    said = json.loads(state)
    own = {name: said.pop(name) for name in _LEFT_BEHIND}
    others = (*said["requires"], *said["leads_to"])
    own["standings"] = {one["slug"]: one.pop("standing") for one in others}
    return _make(state, said, own)


def _make(state: str, said: dict[str, Any], own: dict[str, Any]) -> Snapshot:
    """`said` and `own` are left as they are."""
    concept = Concept(**said["concept"], roadmap_id=said["roadmap"]["id"])
    concept.roadmap = Roadmap(**said["roadmap"])
    of_artifacts = _by_kind(said["artifacts"])
    standings = own["standings"]
    return Snapshot(
        state=state,
        shared=said,
        roadmap=concept.roadmap,
        concept=concept,
        stage=said["stage"],
        module=said["module"],
        run=GenerationRun(**said["run"]) if said["run"] else None,
        **of_artifacts,
        planning=Planning(**said["planning"]) if said["planning"] else None,
        terms=said["terms"],
        requires=[_neighbour(one, standings) for one in said["requires"]],
        leads_to=[_neighbour(one, standings) for one in said["leads_to"]],
        previous=_neighbour(said["previous"]) if said["previous"] else None,
        next=_neighbour(said["next"]) if said["next"] else None,
        mark=_mark(own["mark"]) if own["mark"] else None,
        note=Note(**own["note"]) if own["note"] else None,
        reported=_by_version(own["reported"]),
        last_attempt=read_last(own["last_attempt"]) if own["last_attempt"] else None,
    )


def _by_kind(said: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "artifacts": {one["kind"]: _artifact(one) for one in said},
        "before": {one["kind"]: one["before"] for one in said if one["before"]},
        "links": {one["version"]["id"]: json.dumps(one["links"]) for one in said if one["links"]},
        "rewritings": {
            one["kind"]: Rewriting(**one["rewriting"]) for one in said if one["rewriting"]
        },
    }


def _artifact(said: dict[str, Any]) -> Artifact:
    artifact = Artifact(kind=said["kind"], state=said["state"], error_public=said["error_public"])
    version = said["version"]
    if version["id"] is not None:
        reviewed = version["reviewed_on"] and date.fromisoformat(version["reviewed_on"])
        created = datetime.fromisoformat(version["created_at"])
        dates = {"created_at": created, "reviewed_on": reviewed}
        artifact.current_version = ArtifactVersion(**version | dates)
    return artifact


def _mark(said: dict[str, Any]) -> ConceptMark:
    return ConceptMark(**said | {"marked_at": datetime.fromisoformat(said["marked_at"])})


def _neighbour(said: dict[str, Any], standings: Mapping[str, str | None] = NO_MARKS) -> Neighbour:
    return Neighbour(said["slug"], said["title"], standings.get(said["slug"]) or "")


def _by_version(reports: list[dict[str, Any]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for report in reports:
        found.setdefault(report["version_id"], []).append(report["kind"])
    return found
