"""Setting aside what a request may take, and its bill: each function is one short unit.

A row for each scope and day is locked, in the order of their names, while its figures are compared
and changed; none while a model is asked. A process that is killed renews nothing, and what it had
set aside counts no more.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_UP, Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Now
from django.utils import timezone

from concepts.leases import moment_in
from generation.models import GenerationRun, ModelCallRecord
from generation.port.allowances import Allowance, Refusal, Used, day_of, judge
from generation.port.calls import Ceiling
from generation.spent_models import DaySpending, Reservation

# A bill may come so long after its reservation ran out; and so long days are kept (as the ledger).
KEPT_RESERVATIONS, KEPT_DAYS = timedelta(days=1), 100
PARTS = Decimal("0.00000001")
# A call may end, and be told, so long after its run.
LATE = timedelta(hours=1)

Used_ = tuple[Allowance, Used]


@dataclass(frozen=True)
class Bill:
    """What a request took. `is_assumed`: nobody told, and all that was set aside counts."""

    call: uuid.UUID
    tokens: int = 0
    cost_usd: Decimal | None = None
    is_assumed: bool = False


@transaction.atomic
def reserve(
    call: uuid.UUID,
    most: Ceiling,
    allowances: Sequence[Allowance],
    *,
    lease_seconds: float,
    run_id: uuid.UUID | None = None,
    model: str = "",
) -> Refusal | None:
    """Set so much aside of all allowances, or say why of none.

    A run that is refused because a day is spent keeps when the next one begins.
    """
    now = timezone.now()
    rows = _lock(allowances, day_of(now))
    if Reservation.objects.filter(call=call).exists():
        return None  # the unit is repeated
    refusal = judge(_add_held(rows), most, now, model=model)
    if refusal is None:
        _set_aside(call, most, [row for _allowance, row in rows], lease_seconds)
    elif refusal.begins_anew and run_id is not None:
        GenerationRun.objects.filter(pk=run_id).update(resumes_at=refusal.begins_anew)
    return refusal


def _set_aside(
    call: uuid.UUID, most: Ceiling, rows: Iterable[DaySpending], lease_seconds: float
) -> None:
    cost = None if most.cost_usd is None else most.cost_usd.quantize(PARTS, ROUND_UP)
    until = moment_in(lease_seconds)
    Reservation.objects.bulk_create(
        Reservation(call=call, spending=row, tokens=most.tokens, cost_usd=cost, until=until)
        for row in rows
    )


def _lock(allowances: Sequence[Allowance], today: date) -> list[tuple[Allowance, DaySpending]]:
    """Their rows, which are made where they are missing; locked until the transaction ends."""
    found = _find(allowances, today).select_for_update(no_key=True)
    rows = {row.scope: row for row in found}
    missing = [one for one in allowances if one.scope not in rows]
    if missing:
        DaySpending.objects.bulk_create(
            (_begin(one, one.day or today) for one in missing), ignore_conflicts=True
        )
        rows = {row.scope: row for row in found.all()}
    return [(one, rows[one.scope]) for one in allowances]


def _find(allowances: Sequence[Allowance], today: date) -> QuerySet[DaySpending]:
    wanted = (Q(scope=one.scope, day=one.day or today) for one in allowances)
    return DaySpending.objects.filter(reduce(or_, wanted)).order_by("scope")


def _begin(allowance: Allowance, day: date) -> DaySpending:
    """With what was spent before there was a limit, as the ledger tells."""
    calls = _calls_of(allowance, day).order_by()
    sums = calls.aggregate(tokens=Sum(F("tokens_in") + F("tokens_out")), cost=Sum("cost_usd"))
    return DaySpending(
        scope=allowance.scope, day=day, tokens=sums["tokens"] or 0, cost_usd=sums["cost"] or 0
    )


def _calls_of(allowance: Allowance, day: date) -> QuerySet[ModelCallRecord]:
    kind, _colon, whose = allowance.scope.partition(":")
    if kind == "run":
        return ModelCallRecord.objects.filter(run=uuid.UUID(whose))
    midnight = datetime.combine(day, time(), UTC)
    calls = ModelCallRecord.objects.filter(at__gte=midnight, at__lt=midnight + timedelta(days=1))
    if kind == "site":
        return calls
    # Their runs first, each by an index: else the day's calls of everybody would be read.
    ours = GenerationRun.objects.order_by().exclude(finished_at__lt=midnight - LATE)
    runs = {pk for some in _runs_of(kind, whose, ours) for pk in some.values_list("pk", flat=True)}
    return calls.filter(run__in=sorted(runs))


def _runs_of(kind: str, whose: str, runs: QuerySet[GenerationRun]) -> list[QuerySet[GenerationRun]]:
    if kind == "user":
        person = int(whose)
        theirs = runs.filter(requested_by=None, roadmap__owner=person)
        return [runs.filter(requested_by=person), theirs]
    column = {"visitor": "placed_by", "address": "placed_from"}[kind]
    return [runs.filter(requested_by=None, roadmap__owner=None, **{column: whose})]


def _add_held(rows: Sequence[tuple[Allowance, DaySpending]]) -> list[Used_]:
    """What is set aside is read once the rows are locked: nobody sets anything aside meanwhile."""
    mine = Reservation.objects.filter(
        spending__in=[row.pk for _allowance, row in rows], until__gt=Now()
    )
    sums = mine.order_by().values("spending").annotate(tokens=Sum("tokens"), cost=Sum("cost_usd"))
    held = {one["spending"]: {**one} for one in sums}
    return [(allowance, _used(row, held.get(row.pk))) for allowance, row in rows]


def _used(row: DaySpending, held: dict[str, Any] | None) -> Used:
    held = held or {"tokens": 0, "cost": None}
    return Used(
        row.tokens + row.assumed_tokens,
        row.cost_usd + row.assumed_cost_usd,
        held["tokens"],
        held["cost"] or Decimal(),
    )


def read_uses(
    allowances: Sequence[Allowance], now: datetime, *, seeks: bool = False
) -> list[Used_]:
    """What is used of each, without what is set aside: for people who look.

    Who `seeks` has what was spent before there was a limit looked up, too.
    """
    if not allowances:
        return []
    today = day_of(now)
    rows = {row.scope: row for row in _find(allowances, today)}
    nothing = _begin if seeks else lambda one, day: DaySpending(scope=one.scope, day=day)
    return [
        (one, _used(rows.get(one.scope) or nothing(one, one.day or today), None))
        for one in allowances
    ]


_TAKE = """
DELETE FROM generation_reservation WHERE call = ANY(%s) AND spending_id = ANY(%s)
RETURNING call, spending_id, tokens, cost_usd
"""


@transaction.atomic
def settle(bills: Sequence[Bill]) -> int:
    """Put bills in the place of what was set aside; how many scopes that concerned.

    A bill that came before finds nothing set aside, and changes nothing. It counts for the day on
    which it was set aside, whenever it comes.
    """
    by_call = {bill.call: bill for bill in bills}
    mine = Reservation.objects.filter(call__in=list(by_call)).values("spending")
    locked = DaySpending.objects.select_for_update(no_key=True).filter(pk__in=mine)
    rows = {row.pk: row for row in locked.order_by("scope", "day")}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, (sorted(by_call), sorted(rows)))
        taken = cursor.fetchall()
    for call, spending_id, tokens, cost in taken:
        _charge(rows[spending_id], by_call[call], tokens, cost)
    for row in rows.values():
        row.save(update_fields=["tokens", "cost_usd", "assumed_tokens", "assumed_cost_usd"])
    return len(taken)


def _charge(row: DaySpending, bill: Bill, tokens: int, cost: Decimal | None) -> None:
    if bill.is_assumed:
        row.assumed_tokens += tokens
        row.assumed_cost_usd += cost or Decimal()
        return
    row.tokens += bill.tokens
    if bill.cost_usd is not None:
        row.cost_usd += bill.cost_usd
    elif bill.tokens:
        row.assumed_cost_usd += cost or Decimal()


@transaction.atomic
def renew(calls: Sequence[uuid.UUID], *, lease_seconds: float) -> int:
    """Push on what is set aside for calls that are still under way."""
    mine = Reservation.objects.filter(call__in=calls)
    return mine.update(until=moment_in(lease_seconds))


def count_reserved(spending_id: int) -> int:
    """Tokens that calls under way may still take of a day."""
    mine = Reservation.objects.filter(spending=spending_id, until__gt=Now())
    return mine.aggregate(sum=Sum("tokens"))["sum"] or 0


def forget_old(now: datetime) -> None:
    """What no bill will come for any more, and days that nobody asks about."""
    Reservation.objects.filter(until__lt=now - KEPT_RESERVATIONS).delete()
    DaySpending.objects.filter(day__lt=day_of(now) - timedelta(days=KEPT_DAYS)).delete()
