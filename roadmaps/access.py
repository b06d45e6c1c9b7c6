"""Who may see a roadmap: the one door to it.

Public ones are everybody's; an unlisted one is everybody's who knows its address; a private one
its owner's and the staff's. To others it does not exist: 404, never 403.
"""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from accounts.models import User
from roadmaps.models import Roadmap, Visibility

Visitor = User | AnonymousUser


def visible_to(visitor: Visitor, *, path: str = "") -> Q:
    """The rule as a condition; `path` leads to the roadmap, such as "roadmap__"."""
    if visitor.is_staff:
        return Q()
    shared = Q(**{f"{path}visibility__in": [Visibility.PUBLIC, Visibility.UNLISTED]})
    if isinstance(visitor, AnonymousUser) or not visitor.is_authenticated:
        return shared
    return shared | Q(**{f"{path}owner": visitor.pk})


def get_visible_roadmap(visitor: Visitor, slug: str) -> Roadmap:
    """Raises Http404."""
    return get_object_or_404(Roadmap, visible_to(visitor), slug=slug)


def keep_to_visitors(response: HttpResponse, roadmap: Roadmap) -> HttpResponse:
    """Have search engines leave out what not everybody should find."""
    if roadmap.visibility != Visibility.PUBLIC:
        response.headers["X-Robots-Tag"] = "noindex"
    return response
