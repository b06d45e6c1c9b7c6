"""What the site has spent, from the ledger: hour by hour, and today."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDay, TruncHour
from django.utils import timezone

from generation.models import CallOutcome, GenerationRun, ModelCallRecord
from generation.operations.charts import Column
from generation.operations.day_limits import DayLimit, read_day_limits
from generation.operations.patience import Kept
from generation.run_states import OPEN, RunState

HOURS, DAYS = 24, 14
# Everybody who watches is told the same sums for so long.
KEPT_SECONDS = 20.0


@dataclass(frozen=True)
class Spending:
    """`cost_usd` is what is known of it; of `unpriced` calls it is not."""

    calls: int = 0
    unanswered: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: Decimal = Decimal(0)
    unpriced: int = 0

    def __add__(self, other: Spending) -> Spending:
        return Spending(
            self.calls + other.calls,
            self.unanswered + other.unanswered,
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.cost_usd + other.cost_usd,
            self.unpriced + other.unpriced,
        )


@dataclass(frozen=True)
class Past:
    """Of each hour and each day, the oldest first, those with nothing included."""

    hours: list[tuple[datetime, Spending]]
    days: list[Column]
    limits: list[DayLimit] = field(default_factory=list)

    @property
    def today(self) -> Spending:
        """Since midnight UTC. There are never more hours to a day than are kept."""
        midnight = self.hours[-1][0].replace(hour=0)
        return sum((spent for hour, spent in self.hours if hour >= midnight), Spending())

    @property
    def tokens(self) -> list[Column]:
        return [
            Column(f"{hour:%H}:00", (("in", spent.tokens_in), ("out", spent.tokens_out)))
            for hour, spent in self.hours
        ]


def read_past() -> Past:
    now = timezone.now().astimezone(UTC)
    return Past(read_hours(now), read_days(now), read_day_limits(now))


def read_hours(now: datetime) -> list[tuple[datetime, Spending]]:
    """One statement over the last day of the ledger."""
    last = now.replace(minute=0, second=0, microsecond=0)
    hours = [last - timedelta(hours=ago) for ago in reversed(range(HOURS))]
    calls = ModelCallRecord.objects.filter(at__gte=hours[0]).order_by()
    rows = calls.annotate(hour=TruncHour("at", tzinfo=UTC)).values("hour").annotate(**_SUMS)
    found = {row["hour"]: _spending({**row}) for row in rows}
    return [(hour, found.get(hour, Spending())) for hour in hours]


_SUMS: dict[str, Any] = {
    "calls": Count("pk"),
    "unanswered": Count("pk", filter=~Q(outcome=CallOutcome.OK)),
    "sum_in": Sum("tokens_in"),
    "sum_out": Sum("tokens_out"),
    "sum_cost": Sum("cost_usd"),
    "unpriced": Count("pk", filter=Q(cost_usd__isnull=True)),
}


def _spending(row: dict[str, Any]) -> Spending:
    return Spending(
        row["calls"],
        row["unanswered"],
        row["sum_in"],
        row["sum_out"],
        row["sum_cost"] or Decimal(0),
        row["unpriced"],
    )


def read_days(now: datetime) -> list[Column]:
    """How many runs were ordered each day (UTC), by what became of them: read in an index alone."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    runs = GenerationRun.objects.filter(state__in=list(RunState), created_at__gte=days[0])
    dated = runs.order_by().annotate(day=TruncDay("created_at", tzinfo=UTC))
    counts = dict.fromkeys(((day, kind) for day in days for kind in KINDS), 0)
    for day, state, count in dated.values_list("day", "state").annotate(count=Count("pk")):
        counts[day, _kind(RunState(state))] += count
    return [
        Column(f"{day:%m-%d}", tuple((kind, counts[day, kind]) for kind in KINDS)) for day in days
    ]


KINDS = ("ready", "partial", "stopped", "open")


def _kind(state: RunState) -> str:
    if state in OPEN:
        return "open"
    return state.value if state in {RunState.READY, RunState.PARTIAL} else "stopped"


past = Kept(KEPT_SECONDS, read_past)
