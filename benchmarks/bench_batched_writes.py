"""Batches of finished artifacts against one transaction an artifact: the same rows, one lane."""

from __future__ import annotations

import statistics
import time
import uuid
from typing import Any

from benchmarks.database import fresh_database
from concepts.drafts import Provenance, VersionDraft, draft_version
from concepts.models import Choice, Origin, Resource, Tutorial
from generation.port.outline_rules import settle_prerequisites
from generation.port.spent import Spent
from generation.runs import batches, claims
from tests.generation.cast import ScriptedProvider, make_content, make_outline, open_run

CONCEPTS = 48
BATCH_CONCEPTS = 16
ROUNDS = 5


def main() -> dict[str, Any]:
    with fresh_database():
        one_by_one, batched = [], []
        for _ in range(ROUNDS):
            one_by_one.append(_measure(1))
            batched.append(_measure(3 * BATCH_CONCEPTS))
        expected = 2 * ROUNDS * CONCEPTS
        assert Tutorial.objects.count() == expected
        assert Resource.objects.count() == 3 * expected
        assert Choice.objects.count() == 20 * expected
    slow, fast = statistics.median(one_by_one), statistics.median(batched)
    return {
        "concepts": CONCEPTS,
        "rounds": ROUNDS,
        "one_transaction_an_artifact_seconds": round(slow, 4),
        f"batches_of_{BATCH_CONCEPTS}_concepts_seconds": round(fast, 4),
        "times_as_fast": round(slow / fast, 2),
    }


def _measure(size: int) -> float:
    """Seconds to write all drafts of a fresh run, `size` artifacts a transaction."""
    run_id, puller_id, drafts = _prepare()
    started = time.perf_counter()
    for start in range(0, len(drafts), size):
        batches.save_batch(run_id, puller_id, drafts[start : start + size])
    return time.perf_counter() - started


def _prepare() -> tuple[uuid.UUID, uuid.UUID, list[VersionDraft]]:
    plan, puller_id = make_outline(CONCEPTS), uuid.uuid4()
    run_id = open_run(ScriptedProvider(plan))
    claims.claim_run(run_id, puller_id, lease_seconds=60)
    prerequisites, dropped = settle_prerequisites(plan)
    batches.save_outline(
        run_id,
        puller_id,
        plan,
        prerequisites=prerequisites,
        dropped=dropped,
        spent=Spent(),
    )
    works = claims.claim_work(run_id, puller_id, limit=3 * CONCEPTS, lease_seconds=600)
    provenance = Provenance("scripted", "rope-1", "en", Origin.GENERATED)
    return (
        run_id,
        puller_id,
        [
            draft_version(
                work.artifact_id,
                work.concept_id,
                work.kind,
                make_content(work.kind, work.brief.key),
                provenance,
                seed=work.brief.key,
            )
            for work in works
        ],
    )
