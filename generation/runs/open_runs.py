"""How many runs are under way for one person, counted in the rows."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import connection

from accounts.limits.rules import Person
from generation.models import GenerationRun
from generation.run_states import UNDER_WAY


def lock_orders_of(person: Person, *more: str) -> None:
    """Until the transaction ends nobody else orders in these names, so what is counted stays.
    `more`: other names that they are known by."""
    with connection.cursor() as cursor:
        for name in sorted({*person.names, *more}):
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"cairn:orders:{name}"]
            )


def count_open_runs(person: Person, made: Sequence[str], *, beside: uuid.UUID | None = None) -> int:
    """An account's; a visitor's by session (the roadmaps `made` in it) or address, if more. A plan
    that waits for their word counts, too; a run that is asked for may be left out."""
    runs = GenerationRun.objects.filter(state__in=list(UNDER_WAY)).order_by()
    if beside is not None:
        runs = runs.exclude(pk=beside)
    if person.account is not None:
        return runs.filter(roadmap__owner=person.account).count()
    return max(
        runs.filter(roadmap__in=[uuid.UUID(known) for known in made]).count(),
        runs.filter(placed_from=person.address_digest).count(),
    )
