"""Runs that are ready, with what they took in the ledger."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from generation.models import GenerationRun, ModelCallRecord
from generation.port.outline_rules import settle_prerequisites
from generation.port.spent import Spent
from generation.run_states import RunState
from generation.runs.batches import save_outline
from generation.runs.claims import claim_run
from tests.generation.cast import ScriptedProvider, make_outline, open_run

BEE = "bee-1"
CENT = Decimal("0.01")


def finished_run(
    model: str = BEE,
    *,
    concepts: int = 10,
    tokens: int = 100,
    cost: Decimal | None = CENT,
    state: RunState = RunState.READY,
    ago: timedelta = timedelta(),
) -> uuid.UUID:
    """One that took a call for each artifact, `tokens` sent and twice as many written, and one
    for its outline."""
    plan, alice = make_outline(concepts), uuid.uuid4()
    run_id = open_run(ScriptedProvider(plan, model=model))
    claim_run(run_id, alice, lease_seconds=30)
    prerequisites, dropped = settle_prerequisites(plan)
    save_outline(run_id, alice, plan, prerequisites=prerequisites, dropped=dropped, spent=Spent())
    kinds = ["outline", *(["tutorial", "resources", "quiz"] * concepts)]
    ModelCallRecord.objects.bulk_create(
        ModelCallRecord(
            id=uuid.uuid4(),
            run_id=run_id,
            at=timezone.now(),
            purpose=kind,
            prompt_version=f"{kind}-1",
            model=model,
            attempt=1,
            seconds=1.0,
            outcome="ok",
            tokens_in=tokens,
            tokens_out=2 * tokens,
            cost_usd=cost,
        )
        for kind in kinds
    )
    GenerationRun.objects.filter(pk=run_id).update(
        state=state, model_calls=len(kinds), created_at=timezone.now() - ago
    )
    return run_id
