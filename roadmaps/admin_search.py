"""What staff look for, found by an index: a row's or a run's id, or the title of a roadmap."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from roadmaps.models import Roadmap
from roadmaps.titles import titled

# Of those whose title fits, the newest.
FITTING = 5
# The planner takes the index of titles where this many are asked for, and walks back through time
# where very few are.
LOOKED_AT = 31


class FoundByRoadmap:
    """A list that is searched by ids and by roadmap: its own id, a run's, or part of its title.

    `search_ids` are columns that an id may stand in; `search_roadmap` leads to the roadmap.
    """

    search_ids: ClassVar[tuple[str, ...]] = ()
    search_roadmap: ClassVar[str] = "roadmap"
    search_fields: ClassVar[Any] = ("pk",)
    search_help_text: ClassVar[Any] = _("Part of a roadmap's title, or exactly: an id")

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (self._find(queryset, term) if term else queryset), False

    def _find(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        found = _read_id(term)
        if found is None:
            roadmaps = Roadmap.objects.filter(titled(term)).order_by("-created_at", "-id")
            ids = list(roadmaps.values_list("pk", flat=True)[:LOOKED_AT])[:FITTING]
            return rows.filter(**{f"{self.search_roadmap}__in": ids})
        for field in self.search_ids:
            if rows.filter(**{field: found}).exists():
                return rows.filter(**{field: found})
        run_of = Roadmap.objects.filter(runs=found).values_list("pk", flat=True).first()
        return rows.filter(**{self.search_roadmap: run_of or found})


def _read_id(term: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(term)
    except ValueError:
        return None
