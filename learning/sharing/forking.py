"""A copy of one's own of a roadmap that somebody sees."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.limits.refusals import take_places
from accounts.limits.rules import Person, order_windows
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
    source: Roadmap, visitor: Visitor, session: SessionBase, *, address: str, browser: str = ""
) -> Roadmap:
    """Counted like an order; `browser` as in `obtain_learner`. Raises LimitReached and Closed."""
    owner = visitor if isinstance(visitor, User) else None
    person = person_of(visitor, session, address)
    keys = _wish_keys(source, browser) if owner is None and browser else []
    made = [*made_roadmaps(session), *map(str, keys)]
    with transaction.atomic():
        # Of two clicks of one browser the second waits, from whatever address it comes.
        lock_orders_of(person, *([f"browser:{browser}"] if keys else []))
        copy = _copy_once(source, owner, person, made, keys)
    if owner is None:
        remember(session, copy.pk, person)
    return copy


def _copy_once(
    source: Roadmap,
    owner: User | None,
    person: Person,
    made: Sequence[str],
    keys: Sequence[uuid.UUID],
) -> Roadmap:
    """What there is already takes no place of the day, not even for a moment."""
    known = _made_just_now(source, owner, made)
    if known is not None:
        return known
    closed = CLOSED if owner else CLOSED_TO_VISITORS
    with take_places(order_windows(person), words=ENOUGH, closed=closed):
        return copy_roadmap(source, owner=owner, key=keys[0] if keys else None)


def _made_just_now(source: Roadmap, owner: User | None, made: Sequence[str]) -> Roadmap | None:
    mine = Roadmap.objects.filter(owner=owner, copied_from=source.pk)
    if owner is None:
        mine = mine.filter(pk__in=made)
    return mine.filter(created_at__gt=timezone.now() - ONE_WISH).order_by("-created_at").first()


def _wish_keys(source: Roadmap, browser: str) -> list[uuid.UUID]:
    """Of two clicks of a new browser neither knows a session yet: the copy has a key that both
    know. That which is made now first, then the one it had just before."""
    now = int(time.time() // ONE_WISH.total_seconds())
    wishes = [f"{browser} {source.pk} {turn}" for turn in (now, now - 1)]
    digests = [salted_hmac("learning.forking", one, algorithm="sha256") for one in wishes]
    return [uuid.UUID(bytes=digest.digest()[:16], version=4) for digest in digests]
