"""Who sees a roadmap: its owner says so."""

from __future__ import annotations

from django.db import transaction

from roadmaps.models import Roadmap, Visibility


@transaction.atomic
def set_visibility(roadmap: Roadmap, visibility: Visibility) -> Roadmap:
    """Unlisted ones get an address that nobody can guess (see `Roadmap`); addresses stay else."""
    row = Roadmap.objects.select_for_update().get(pk=roadmap.pk)
    row.visibility = visibility
    row.save(update_fields=["visibility", "updated_at"])
    return row
