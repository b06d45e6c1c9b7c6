"""Who may see a roadmap, and who may do something to it: the one door.

Public ones are everybody's; an unlisted one is everybody's who knows its address; a private one
its owner's and the staff's. To others it does not exist: 404, never 403. Whoever sees one and may
not change it is told so: 403. CONTRIBUTING.md has the table.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Q, Subquery
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
    """With the address of what it was copied from, in the same query. Raises Http404."""
    seen = Roadmap.objects.filter(visible_to(visitor))
    source = seen.filter(pk=OuterRef("copied_from")).values("slug")
    return get_object_or_404(seen.annotate(source_slug=Subquery(source)), slug=slug)


def find_visible_roadmap(visitor: Visitor, roadmap_id: uuid.UUID) -> Roadmap:
    """By its id, which is as secret as its address. Raises Http404."""
    return get_object_or_404(Roadmap, visible_to(visitor), pk=roadmap_id)


def may_own(visitor: Visitor, roadmap: Roadmap) -> bool:
    """Its owner and the staff: who sees it is theirs to say."""
    return bool(visitor.is_staff) or (
        visitor.is_authenticated and roadmap.owner_id is not None and roadmap.owner_id == visitor.pk
    )


def may_change(visitor: Visitor, roadmap: Roadmap, made: Collection[str] = ()) -> bool:
    """Its owner, the staff, and while it is nobody's the session that made it (`made`, from
    `roadmaps.makers`): to resume, to have written anew, to delete."""
    if may_own(visitor, roadmap):
        return True
    return roadmap.owner_id is None and str(roadmap.pk) in made


def get_owned_roadmap(visitor: Visitor, slug: str) -> Roadmap:
    """Raises Http404 where it is not seen, PermissionDenied where it is not theirs."""
    roadmap = get_visible_roadmap(visitor, slug)
    if not may_own(visitor, roadmap):
        raise PermissionDenied
    return roadmap


def get_changeable_roadmap(visitor: Visitor, slug: str, made: Collection[str]) -> Roadmap:
    """Raises Http404 where it is not seen, PermissionDenied where it may not be changed."""
    roadmap = get_visible_roadmap(visitor, slug)
    if not may_change(visitor, roadmap, made):
        raise PermissionDenied
    return roadmap


def keep_to_visitors(response: HttpResponse, roadmap: Roadmap) -> HttpResponse:
    """Have search engines leave out what not everybody should find."""
    if roadmap.visibility != Visibility.PUBLIC:
        response.headers["X-Robots-Tag"] = "noindex"
    return response
