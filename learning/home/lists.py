"""The lists of roadmaps on the first page."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from accounts.models import User
from learning.times import with_times
from roadmaps.access import Visitor
from roadmaps.models import Roadmap, Visibility
from roadmaps.services import goal_key
from roadmaps.titles import titled


def list_public_roadmaps(search: str = "") -> QuerySet[Roadmap]:
    """Those that can be read from end to end."""
    public = with_times(Roadmap.objects.all()).filter(
        visibility=Visibility.PUBLIC, is_readable=True
    )
    return public.filter(titled(search)) if search else public


def list_made_of(goals: Sequence[str]) -> QuerySet[Roadmap]:
    """Those that were made of such a goal and are nobody's, and what an address is made of; the
    newest come last."""
    return (
        Roadmap.objects.filter(
            goal_key__in=[goal_key(goal) for goal in goals],
            owner=None,
            visibility=Visibility.PUBLIC,
            is_readable=True,
        )
        .only("owner_id", "slug", "title", "language")
        .order_by("created_at")
    )


def list_own_roadmaps(visitor: Visitor, made: Sequence[str]) -> QuerySet[Roadmap]:
    """A user's; an anonymous visitor's are those the session remembers."""
    roadmaps = with_times(Roadmap.objects.all())
    if isinstance(visitor, User):
        return roadmaps.filter(owner=visitor)
    if not made:
        return roadmaps.none()
    return roadmaps.filter(pk__in=made, owner=None)
