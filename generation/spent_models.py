"""What is spent on a day, and what calls under way may still take of it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class DaySpending(models.Model):
    """What one scope has spent on one UTC day: an account, a visitor, the site; or a run, whose one
    row is of the day it was ordered. Kept where a limit holds; see `runs.allowances`.

    What was `assumed` is the ceiling of calls that were sent and of which nobody told what they
    took: it counts, and stands in no ledger.
    """

    scope = models.CharField(_("scope"), max_length=64)
    day = models.DateField(_("day (UTC)"))
    tokens = models.PositiveBigIntegerField(_("tokens"), default=0)
    cost_usd = models.DecimalField(
        _("cost in US dollars"), max_digits=14, decimal_places=8, default=0
    )
    assumed_tokens = models.PositiveBigIntegerField(_("tokens assumed"), default=0)
    assumed_cost_usd = models.DecimalField(
        _("cost assumed"), max_digits=14, decimal_places=8, default=0
    )

    class Meta:
        verbose_name = _("spending of a day")
        verbose_name_plural = _("spending of the days")
        ordering: ClassVar = ["-day", "scope"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scope", "day"], name="day_spending_unique"),
        ]
        indexes: ClassVar = [models.Index(fields=["-day", "scope"], name="day_spending_newest")]

    def __str__(self) -> str:
        return f"{self.scope} {self.day}"


class Reservation(models.Model):
    """What a call under way may take at most of one day's spending, until its bill is there.

    After `until` it counts no more: whoever made the call renews that, unless it was killed. The
    row is kept a while longer, for a bill that comes late.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.UUIDField(_("call"))
    spending = models.ForeignKey(
        DaySpending, on_delete=models.CASCADE, related_name="reservations", db_index=False
    )
    tokens = models.PositiveBigIntegerField(_("tokens"))
    cost_usd = models.DecimalField(
        _("cost in US dollars"), max_digits=14, decimal_places=8, null=True, blank=True
    )
    until = models.DateTimeField(_("reserved until"))

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["call", "spending"], name="reservation_unique"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["spending", "until"], name="reservation_of_spending"),
            models.Index(fields=["until"], name="reservation_oldest"),
        ]

    def __str__(self) -> str:
        return str(self.call)
