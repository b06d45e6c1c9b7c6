"""What staff see of limits, and of what a run is expected to take."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin_rules import Large, ModelAdmin, NeverEdited, TabularInline
from generation.models import GenerationRun
from generation.runs.estimates import estimate_run
from generation.runs.reservations import count_reserved
from generation.spent_models import DaySpending, Reservation


class ReservationInline(NeverEdited, TabularInline):
    model = Reservation
    fields = ("call", "tokens", "cost_usd", "until")


@admin.register(DaySpending)
class DaySpendingAdmin(NeverEdited, Large, ModelAdmin):
    """What limits are about: accounts, visitors and the site by day, and runs."""

    list_display = (*("day", "scope", "tokens", "assumed_tokens", "cost_usd", "assumed_cost_usd"),)
    list_display_links = ("scope",)
    ordering = ("-day", "scope")
    search_ids = ("pk",)
    readonly_fields = ("reserved",)
    inlines = (ReservationInline,)

    @admin.display(description=_("tokens set aside"))
    def reserved(self, day: DaySpending) -> str:
        return f"{count_reserved(day.pk):,}"


def tell_expected(run: GenerationRun) -> str:
    """As the last runs of the same model took; nothing for what no model writes."""
    concepts = run.roadmap.concepts.count()
    if not (run.model and concepts):
        return "-"
    wanted = estimate_run(concepts, run.model)
    text = gettext("%(tokens_in)s tokens in, %(tokens_out)s out") % {
        "tokens_in": f"{wanted.tokens_in:,}",
        "tokens_out": f"{wanted.tokens_out:,}",
    }
    return text if wanted.cost_usd is None else f"{text}, ${wanted.cost_usd:,.4f}"
