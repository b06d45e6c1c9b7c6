"""Somebody who has one artifact written anew, step by step in the test's own transaction."""

from __future__ import annotations

import uuid
from typing import Any

from concepts.content import ArtifactKind
from concepts.drafts import Provenance, VersionDraft, draft_version
from generation.models import GenerationRun
from generation.port.spent import Spent
from generation.run_states import OPEN
from generation.runs import claims, rewriting
from tests.generation.cast import artifact, get_run, make_content, make_outline
from tests.learning.library import QuickProvider


def open_anew(run: GenerationRun, kind: ArtifactKind, wish: str, *, key: str = "c02") -> uuid.UUID:
    wanted = artifact(run.pk, key, kind)
    return rewriting.open_rewriting(wanted.pk, wish, make_quick_provider()).pk


def make_quick_provider() -> QuickProvider:
    """Whoever is asked by settings, by dotted path."""
    return QuickProvider(make_outline(4))


class Anew:
    def __init__(self, run_id: uuid.UUID, *, me: uuid.UUID | None = None) -> None:
        self.run_id = run_id
        self._me = me or uuid.uuid4()

    def claim(self, **how: Any) -> claims.RunClaim | None:
        return claims.claim_run(self.run_id, self._me, **{"lease_seconds": 60, **how})

    def write(self) -> bool:
        """Whether it was kept."""
        if get_run(self.run_id).state in OPEN:
            self.claim()
        return self.save(self.draft())

    def draft(self) -> VersionDraft:
        work = rewriting.get_work(self.run_id)
        return draft_version(
            work.artifact_id,
            work.concept_id,
            work.kind,
            make_content(work.kind, f"{work.brief.key}-anew"),
            Provenance("scripted", "rope-2", "en", "generated", instruction=work.brief.instruction),
            seed="anew",
        )

    def save(self, draft: VersionDraft) -> bool:
        return rewriting.save_new_version(self.run_id, self._me, draft, Spent(calls=1))
