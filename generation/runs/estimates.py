"""What a roadmap will take, from what the last ones took in the ledger."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection

from generation.port.estimates import (
    NOTHING_KNOWN,
    Averages,
    Estimate,
    Price,
    Share,
    estimate,
)

# So many runs of a model are enough, and so many of all models are looked through for them: both
# bound what is read, along an index. Older ones may have lost rows of the ledger already.
MOST_RUNS, MOST_LOOKED_AT, OLDEST_DAYS = 10, 200, 60
# Fewer concepts than that say little of the next ones.
LEAST_CONCEPTS = 8
ARTIFACTS_PER_CONCEPT = 3

# One statement: pages that ask count theirs.
_AVERAGES = """
WITH recent AS (
    SELECT id, model, artifact_id, model_calls, created_at
      FROM generation_generationrun
     WHERE state = 'ready' AND created_at >= now() - make_interval(days => %(days)s)
     ORDER BY created_at DESC, id DESC LIMIT %(looked)s
), chosen AS (
    SELECT id FROM recent
     WHERE model = %(model)s AND artifact_id IS NULL AND model_calls > 0
     ORDER BY created_at DESC, id DESC LIMIT %(runs)s
), written AS (
    SELECT count(*) AS artifacts FROM concepts_artifact WHERE run_id IN (SELECT id FROM chosen)
)
SELECT purpose, count(*), sum(tokens_in), sum(tokens_out), sum(cost_usd),
       count(*) FILTER (WHERE cost_usd IS NULL AND tokens_out > 0),
       (SELECT artifacts FROM written), (SELECT count(*) FROM chosen)
  FROM generation_modelcallrecord
 WHERE run_id IN (SELECT id FROM chosen)
 GROUP BY purpose ORDER BY purpose
"""


def estimate_run(concepts: int, model: str, *, price: Price | None = None) -> Estimate:
    """What so many concepts take of a model: tokens, requests, and dollars where they are known.

    One statement. `price` is what the operator set, unless somebody knows better.
    """
    return estimate(concepts, get_averages(model), price or configured_price)


def configured_price(tokens_in: int, tokens_out: int) -> Decimal | None:
    """At LLM_PRICE_INPUT and LLM_PRICE_OUTPUT; None where they are not set."""
    if settings.LLM_PRICE_INPUT is None or settings.LLM_PRICE_OUTPUT is None:
        return None
    rates = Decimal(str(settings.LLM_PRICE_INPUT)), Decimal(str(settings.LLM_PRICE_OUTPUT))
    return (tokens_in * rates[0] + tokens_out * rates[1]) / 1_000_000


def get_averages(model: str) -> Averages:
    """For each concept, over the last runs of a model that came to a good end."""
    bounds = {"days": OLDEST_DAYS, "looked": MOST_LOOKED_AT, "runs": MOST_RUNS}
    with connection.cursor() as cursor:
        cursor.execute(_AVERAGES, {"model": model, **bounds})
        rows = cursor.fetchall()
    concepts = rows[0][6] / ARTIFACTS_PER_CONCEPT if rows else 0.0
    if concepts < LEAST_CONCEPTS:
        return NOTHING_KNOWN
    return Averages({row[0]: _share(row, concepts) for row in rows}, runs=rows[0][7])


def _share(row: tuple[Any, ...], concepts: float) -> Share:
    _purpose, calls, tokens_in, tokens_out, cost, unpriced, *_rest = row
    return Share(
        tokens_in=float(tokens_in) / concepts,
        tokens_out=float(tokens_out) / concepts,
        requests=calls / concepts,
        cost_usd=None if unpriced else (cost or Decimal()) / Decimal(concepts),
    )
