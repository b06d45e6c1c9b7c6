"""Deleting an account: what goes with it, and what stays without a name."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from accounts.models import User
from generation.runs.removal import delete_roadmap
from roadmaps.models import Roadmap, Visibility


@dataclass(frozen=True)
class Belongings:
    hidden: int
    public: int


def count_belongings(user: User) -> Belongings:
    public = Q(visibility=Visibility.PUBLIC)
    counts = Roadmap.objects.filter(owner=user).aggregate(
        hidden=Count("pk", filter=~public), public=Count("pk", filter=public)
    )
    return Belongings(counts["hidden"], counts["public"])


def delete_account(user: User, *, with_public: bool) -> None:
    """Private and unlisted roadmaps go; public ones lose the name, or go as well.

    Each roadmap in a transaction of its own, so none is long; whoever is interrupted still has the
    account, and asks again.
    """
    mine = Roadmap.objects.filter(owner=user)
    if not with_public:
        mine.filter(visibility=Visibility.PUBLIC).update(owner=None)
    for roadmap_id in list(mine.order_by("pk").values_list("pk", flat=True)):
        delete_roadmap(roadmap_id)
    user.delete()
