"""What the pullers of a run have spent, in the rows."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from generation.models import CallOutcome, ModelCallRecord
from generation.port.spent import Spent

# Whoever adds up holds the run's row, so nobody adds up without what another wrote just now. It is
# also the row that the numbering of events locks, at the end of the same transactions.
_LOCK = "SELECT FROM generation_generationrun WHERE id = %s FOR NO KEY UPDATE"
# What a puller has spent only grows, so the larger figure is the later one, and writing the same
# again changes nothing.
_RECORD = """
INSERT INTO generation_runspending AS known
       (run_id, puller, calls, tokens_in, tokens_out, cost_usd)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (run_id, puller) DO UPDATE
   SET calls = greatest(known.calls, excluded.calls),
       tokens_in = greatest(known.tokens_in, excluded.tokens_in),
       tokens_out = greatest(known.tokens_out, excluded.tokens_out),
       cost_usd = greatest(known.cost_usd, excluded.cost_usd)
"""
# What costs nobody knows how much costs null; `least` would pass over it.
_ADD_UP = """
UPDATE generation_generationrun
   SET (model_calls, tokens_in, tokens_out, cost_usd) =
       (SELECT sum(calls), sum(tokens_in), sum(tokens_out),
               CASE WHEN sum(cost_usd) > 999999.999999 THEN 999999.999999 ELSE sum(cost_usd) END
          FROM generation_runspending WHERE run_id = %s)
 WHERE id = %s
"""


def record_spending(run_id: uuid.UUID, puller_id: uuid.UUID, spent: Spent) -> None:
    """Write down all that a puller has spent on a run so far, and what all pullers have.

    Inside a transaction, near its end: it locks the run. Of one that was deleted nothing is kept.
    """
    if not spent.calls:
        return
    values = (spent.calls, spent.tokens_in, spent.tokens_out, spent.cost_usd)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, (run_id,))
        if cursor.fetchone() is None:
            return
        cursor.execute(_RECORD, (run_id, puller_id, *values))
        cursor.execute(_ADD_UP, (run_id, run_id))


_TOTALS: dict[str, Any] = {
    "calls": Count("pk"),
    "unanswered": Count("pk", filter=~Q(outcome=CallOutcome.OK)),
    "sum_in": Coalesce(Sum("tokens_in"), 0),
    "sum_out": Coalesce(Sum("tokens_out"), 0),
    "sum_cached": Coalesce(Sum("tokens_cached"), 0),
    "sum_cost": Sum("cost_usd"),
}


def total_calls(calls: QuerySet[ModelCallRecord]) -> dict[str, Any]:
    """Sums over rows of the ledger, each request counted, whatever became of it."""
    return calls.aggregate(**_TOTALS)


def total_by_purpose(run_id: uuid.UUID) -> list[dict[str, Any]]:
    """The same for each purpose of a run's calls, the dearest first."""
    calls = ModelCallRecord.objects.filter(run=run_id).order_by("purpose")
    rows: list[dict[str, Any]] = [{**row} for row in calls.values("purpose").annotate(**_TOTALS)]
    return sorted(rows, key=lambda row: -row["sum_out"])
