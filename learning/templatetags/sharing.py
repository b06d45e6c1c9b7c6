"""What somebody may do to the roadmap of a page."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.http import HttpRequest

from roadmaps.access import may_change, may_own, visible_to
from roadmaps.makers import made_roadmaps
from roadmaps.models import Roadmap

register = template.Library()


@dataclass(frozen=True)
class Controls:
    may_own: bool
    may_change: bool
    # What it was copied from, where the visitor sees that.
    source: Roadmap | None


@register.simple_tag
def controls_of(roadmap: Roadmap, request: HttpRequest) -> Controls:
    """Asks the database for what a copy was made from, and nothing else."""
    visitor = request.user
    return Controls(
        may_own(visitor, roadmap),
        may_change(visitor, roadmap, made_roadmaps(request.session)),
        _find_source(roadmap, request),
    )


def _find_source(roadmap: Roadmap, request: HttpRequest) -> Roadmap | None:
    if roadmap.copied_from is None:
        return None
    seen = Roadmap.objects.filter(visible_to(request.user), pk=roadmap.copied_from)
    return seen.only("slug", "title").first()
