"""What somebody may do to the roadmap of a page."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.http import HttpRequest

from roadmaps.access import may_change, may_own
from roadmaps.makers import made_roadmaps
from roadmaps.models import Roadmap

register = template.Library()


@dataclass(frozen=True)
class Controls:
    may_own: bool
    may_change: bool


@register.simple_tag
def controls_of(roadmap: Roadmap, request: HttpRequest) -> Controls:
    """Asks the database for nothing."""
    visitor = request.user
    return Controls(
        may_own(visitor, roadmap),
        may_change(visitor, roadmap, made_roadmaps(request.session)),
    )
