"""Writes a run step by step in the test's own transaction: no lanes, no event loop left behind."""

from __future__ import annotations

import uuid
from collections.abc import Coroutine
from typing import Any, TypeVar

from concepts.drafts import Draft, Provenance, draft_failure, draft_version
from generation.port.errors import ProviderError
from generation.port.outline_rules import settle_prerequisites
from generation.port.provider import PlansAtOnce, Provider
from generation.port.spent import Spent
from generation.run_states import RunState
from generation.runs import batches, claims, lifecycle
from generation.runs.work import Work

T = TypeVar("T")


def finish(coroutine: Coroutine[Any, Any, T]) -> T:
    """Providers of tests never really wait, so no event loop is needed (Playwright has its own)."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise AssertionError("it waited")


class Scribe:
    def __init__(self, run_id: uuid.UUID, provider: Provider) -> None:
        self.run_id = run_id
        self._provider = provider
        self._me = uuid.uuid4()

    def start(self) -> claims.RunClaim:
        claim = claims.claim_run(self.run_id, self._me, lease_seconds=60)
        assert claim is not None
        return claim

    def plan(self) -> None:
        claim = self.start()
        assert isinstance(self._provider, PlansAtOnce)
        outline = finish(self._provider.outline(claim.request)).content
        prerequisites, dropped = settle_prerequisites(outline)
        batches.save_outline(
            self.run_id,
            self._me,
            outline,
            prerequisites=prerequisites,
            dropped=dropped,
            spent=Spent(),
        )

    def claim(self, artifacts: int) -> list[Work]:
        return claims.claim_work(self.run_id, self._me, limit=artifacts, lease_seconds=60)

    def write(self, artifacts: int = 1_000) -> int:
        """Write so many artifacts in one batch; the number of its last event."""
        drafts = [self.draft(work) for work in self.claim(artifacts)]
        return batches.save_batch(self.run_id, self._me, drafts).last_seq

    def close(self) -> RunState | None:
        return lifecycle.close_run(self.run_id)

    def write_all(self) -> None:
        self.plan()
        self.write()
        self.close()

    def draft(self, work: Work) -> Draft:
        try:
            written = finish(self._provider.write(work.kind, work.brief))
        except ProviderError as error:
            return draft_failure(
                work.artifact_id, work.concept_id, work.kind, error, public=str(error)
            )
        provenance = Provenance(
            provider=self._provider.name,
            model=self._provider.model,
            language=work.brief.language,
            origin="authored" if written.authored else "generated",
            reviewed_on=written.reviewed_on,
        )
        return draft_version(
            work.artifact_id,
            work.concept_id,
            work.kind,
            written.content,
            provenance,
            seed=str(work.artifact_id),
        )
