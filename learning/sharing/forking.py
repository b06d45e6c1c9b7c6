"""A copy of one's own of a roadmap that somebody sees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.limits.refusals import take_places
from accounts.limits.rules import order_windows
from accounts.models import User
from generation.runs.open_runs import lock_orders_of
from learning.sharing.copying import copy_roadmap
from roadmaps.access import Visitor
from roadmaps.makers import made_roadmaps, person_of, remember
from roadmaps.models import Roadmap

ENOUGH = _(
    "That is as many new roadmaps and copies as can be made in a day. You can make the next one "
    "%(when)s. This one can be read at any time."
)
CLOSED = _("Copies are not made at present. This roadmap can be read all the same.")
CLOSED_TO_VISITORS = _(
    "To make a copy you need an account here: sign up, or sign in. This roadmap can be read "
    "without one."
)
# A second click is the same wish.
ONE_WISH = timedelta(seconds=30)


def fork_roadmap(
    source: Roadmap, visitor: Visitor, session: SessionBase, *, address: str
) -> Roadmap:
    """Counted like an order. Raises LimitReached and Closed."""
    owner = visitor if isinstance(visitor, User) else None
    person = person_of(visitor, session, address)
    closed = CLOSED if owner else CLOSED_TO_VISITORS
    with take_places(order_windows(person), words=ENOUGH, closed=closed) as places:
        with transaction.atomic():
            lock_orders_of(person)
            made = _made_just_now(source, owner, made_roadmaps(session))
            copy = made or copy_roadmap(source, owner=owner)
        if made is not None:
            places.give_back()
    if owner is None:
        remember(session, copy.pk, person)
    return copy


def _made_just_now(source: Roadmap, owner: User | None, made: Sequence[str]) -> Roadmap | None:
    mine = Roadmap.objects.filter(owner=owner, copied_from=source.pk)
    if owner is None:
        mine = mine.filter(pk__in=made)
    return mine.filter(created_at__gt=timezone.now() - ONE_WISH).order_by("-created_at").first()
