"""How far the limits of this day are used: of the site, and of those who are nearest to theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    DecimalField,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest, NullIf, Substr

from accounts.models import User
from generation.port.allowances import Allowance, Used, day_of, share_used
from generation.runs.allowances import SITE, site_allowance, tell_daily_limits
from generation.spent_models import DaySpending

# Beside the site.
MOST_LISTED = 5
SHOWN_OF_A_DIGEST = 6
_ACCOUNT, _VISITOR, _NETWORK = "user:", "visitor:", "address:"
_SETTINGS = {_ACCOUNT: "USER", _VISITOR: "ANONYMOUS", _NETWORK: "ANONYMOUS"}
_MONEY = DecimalField(max_digits=20, decimal_places=8)


@dataclass(frozen=True)
class DayLimit:
    """`kind`: site, account, visitor or network. Of a visitor and a network there is a digest, of
    which so much is shown that one tells them apart."""

    kind: str
    allowance: Allowance
    used: Used
    email: str = ""
    account: int | None = None
    digest: str = ""

    @property
    def percent(self) -> int:
        return int(100 * share_used(self.allowance, self.used))


def read_day_limits(now: datetime) -> list[DayLimit]:
    """One statement over the rows of one day. The site comes first, if it has a limit."""
    rows = list(_nearest(now)[: MOST_LISTED + 1])
    spent_here = next((row for row in rows if row.scope == SITE), DaySpending())
    site = site_allowance()
    listed = [DayLimit("site", site, _used(spent_here))] if site else []
    others = [_of(row) for row in rows if row.scope != SITE]
    return listed + [one for one in others if one.allowance][:MOST_LISTED]


def _nearest(now: datetime) -> QuerySet[DaySpending]:
    """The site, then those of whom the largest share of their limit is used."""
    kinds = [Q(scope=SITE), *(Q(scope__startswith=kind) for kind in _SETTINGS)]
    theirs = User.objects.filter(pk=OuterRef("account"))
    return (
        DaySpending.objects.filter(reduce(or_, kinds), day=day_of(now))
        .annotate(account=_account())
        .annotate(
            email=Subquery(theirs.values("email")),
            most_tokens=_most(0, theirs.values("max_tokens_per_day"), BigIntegerField()),
            most_cost=_most(1, theirs.values("max_cost_usd_per_day"), _MONEY),
        )
        .annotate(
            share=Greatest(_share("tokens", "most_tokens"), _share("cost_usd", "most_cost")),
            is_other=Case(When(scope=SITE, then=Value(0)), default=Value(1)),
        )
        .order_by("is_other", "-share", "scope")
    )


def _account() -> Case:
    """The key of the account that a scope is of."""
    key = Cast(Substr("scope", len(_ACCOUNT) + 1), BigIntegerField())
    return Case(When(scope__startswith=_ACCOUNT, then=key), output_field=BigIntegerField())


def _most(which: int, own: QuerySet[User, Any], field: Any) -> Coalesce:
    """An account's own limit goes before the one that all have."""
    common = [
        When(scope__startswith=kind, then=Value(limit, field))
        for kind, whose in _SETTINGS.items()
        if (limit := tell_daily_limits(whose)[which]) is not None
    ]
    return Coalesce(Subquery(own, output_field=field), Case(*common, output_field=field))


def _share(used: str, most: str) -> Coalesce:
    """Nothing of no limit; what may be nothing is never used."""
    share = Cast(used, FloatField()) / NullIf(Cast(most, FloatField()), Value(0.0))
    return Coalesce(share, Value(0.0))


def _of(row: Any) -> DayLimit:
    kind, _, digest = row.scope.partition(":")
    allowance = Allowance(row.scope, row.most_tokens, row.most_cost)
    if kind == "user":
        return DayLimit("account", allowance, _used(row), row.email or "", row.account)
    name = "network" if kind == "address" else "visitor"
    return DayLimit(name, allowance, _used(row), digest=digest[:SHOWN_OF_A_DIGEST])


def _used(row: DaySpending) -> Used:
    return Used(row.tokens, Decimal(row.cost_usd))
