"""Claiming artifacts of a run that may cost only so much."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from generation.limits import RunBudget
from generation.models import GenerationRun
from generation.port.spent import Usage
from generation.selectors import Work
from generation.services import claim_work
from generation.spending import get_run_spending, record_spending


@dataclass(frozen=True)
class PaidClaim:
    """What was claimed, or why nothing more may be; and what the other pullers have spent."""

    works: list[Work]
    refusal: str | None
    others: Usage


@transaction.atomic
def claim_in_budget(
    run_id: uuid.UUID, puller_id: uuid.UUID, spent: Usage, budget: RunBudget, **claim: Any
) -> PaidClaim:
    """`claim_work`, unless the run's budget is spent and there is something left to claim.

    Pullers of one run claim one after another here, each after it has written down what it spent:
    so none claims in ignorance of what another has written down. The run is locked before artifacts
    here, unlike in `save_batch`: those that anybody holds are skipped, not waited for.
    """
    record_spending(run_id, puller_id, spent)
    GenerationRun.objects.select_for_update(no_key=True).filter(pk=run_id).first()
    others = get_run_spending(run_id, besides=[puller_id])
    refusal = budget.refusal(spent + others)
    if refusal is None:
        return PaidClaim(claim_work(run_id, puller_id, **claim), None, others)
    return PaidClaim([], refusal if _is_anything_left(run_id, puller_id, **claim) else None, others)


def _is_anything_left(run_id: uuid.UUID, puller_id: uuid.UUID, **claim: Any) -> bool:
    """Whether a claim would take something: made, and taken back."""
    with transaction.atomic():
        works = claim_work(run_id, puller_id, **{**claim, "limit": 1})
        transaction.set_rollback(True)
    return bool(works)
