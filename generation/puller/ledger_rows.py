"""The ledger in the rows."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import structlog
from django.db import transaction

from concepts.bounds import (
    ERROR_CLASS_MAX_CHARACTERS,
    MODEL_MAX_CHARACTERS,
    PROMPT_VERSION_MAX_CHARACTERS,
)
from concepts.drafts import storable
from generation.log_events import brief_error
from generation.models import GenerationRun, ModelCallRecord
from generation.port.provider import Provider, keeps_books
from generation.puller.ledger import CallRecord, Ledger, Publish
from generation.puller.limits import Limits
from generation.puller.patience import PatientDb
from generation.puller.purse import Purse
from generation.runs.allowances import list_allowances
from generation.runs.reservations import Bill, settle

log = structlog.get_logger(__name__)


@transaction.atomic
def save_calls(records: Sequence[CallRecord]) -> int:
    """Write records; those that are there already, or whose run is gone, are left out.

    Returns how many were new to a run that is still there. Raises IntegrityError when a run goes
    just now: try again.
    """
    wanted = {record["run"] for record in records}
    runs = {
        str(pk) for pk in GenerationRun.objects.filter(pk__in=wanted).values_list("pk", flat=True)
    }
    rows = [_row(record) for record in records if record["run"] in runs]
    known = ModelCallRecord.objects.filter(pk__in=[row.pk for row in rows]).count()
    ModelCallRecord.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows) - known


def _row(record: Mapping[str, Any]) -> ModelCallRecord:
    cost = record["cost_usd"]
    return ModelCallRecord(
        id=uuid.UUID(record["id"]),
        run_id=uuid.UUID(record["run"]),
        at=datetime.fromisoformat(record["at"]),
        purpose=record["purpose"],
        prompt_version=record["prompt_version"][:PROMPT_VERSION_MAX_CHARACTERS],
        model=storable(record["model"])[:MODEL_MAX_CHARACTERS],
        attempt=record["attempt"],
        seconds=record["seconds"],
        outcome=record["outcome"],
        error_class=record["error_class"][:ERROR_CLASS_MAX_CHARACTERS],
        tokens_in=record["tokens_in"],
        tokens_out=record["tokens_out"],
        tokens_cached=record["tokens_cached"],
        cost_usd=None if cost is None else Decimal(cost),
    )


def hand_over(publish: Publish, records: list[CallRecord]) -> None:
    """Have records written by another process. Where no broker answers they are written here.

    A unit for a lane, where it may block, although it needs no connection as a rule.
    """
    try:
        publish(records)
    except Exception as error:  # noqa: BLE001 - kombu, redis and sockets each have their own
        log.warning("ledger_not_enqueued", records=len(records), error=brief_error(error))
        save_calls(records)


@transaction.atomic
def settle_calls(bills: Sequence[Bill], records: Sequence[CallRecord]) -> None:
    """Bills and the rows of the ledger that tell the same, together or not at all."""
    settle(bills)
    save_calls(records)


def open_ledger(
    run_id: uuid.UUID, provider: Provider, db: PatientDb, limits: Limits, publish: Publish | None
) -> Ledger:
    """One whose records are published, or without a way to do so written through our own lanes."""
    return Ledger(
        run_id,
        keep=partial(db.run, hand_over, publish) if publish else partial(db.run, save_calls),
        drain_seconds=limits.drain_seconds,
        purse=_open_purse(run_id, provider, db, limits) if keeps_books(provider) else None,
    )


def _open_purse(run_id: uuid.UUID, provider: Provider, db: PatientDb, limits: Limits) -> Purse:
    return Purse(
        db,
        partial(list_allowances, run_id),
        run_id=run_id,
        model=provider.model,
        settle=settle_calls,
        lease_seconds=limits.lease_seconds,
        drain_seconds=limits.drain_seconds,
    )
