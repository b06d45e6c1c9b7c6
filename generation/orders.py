"""From what somebody asks for, on a page or through the API, to a run."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import replace

import structlog
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from kombu.exceptions import OperationalError

from accounts.limits.refusals import LimitReached, take_places
from accounts.limits.rules import Person, order_windows
from accounts.models import User
from generation.day_limits import refuse_person_when_spent, refuse_run_when_spent
from generation.dispatch import Order, check_request, find_order, request_roadmap, resume
from generation.models import GenerationRun
from generation.order_keys import CallerKey, find_noted, note_order, scoped_key
from generation.port.errors import GoalRefused
from generation.port.provider import Provider
from generation.port.request import OutlineRequest
from generation.port.skeleton import Skeleton, print_skeleton
from generation.providers.registry import get_provider
from generation.runs.open_runs import count_open_runs, lock_orders_of
from generation.runs.selectors import find_finished_run
from roadmaps.access import Visitor
from roadmaps.makers import made_roadmaps, person_of, remember
from roadmaps.models import Visibility

ENOUGH = _(
    "That is as many roadmaps as can be asked for in a day. You can ask for the next one %(when)s. "
    "Everything that is ready can be read at any time."
)
ENOUGH_OPEN = _(
    "As many roadmaps as can be written at a time are being written for you, or for somebody on "
    "your network. You can ask for the next one as soon as one of them is finished; try again "
    "%(when)s."
)
CLOSED = _("New roadmaps are not made at present. Everything that is ready can be read.")
CLOSED_TO_VISITORS = _(
    "To ask for a new roadmap you need an account here: sign up, or sign in. Everything that is "
    "ready can be read without one."
)
# An open run ends in minutes, but nobody knows in how many.
LOOK_AGAIN_SECONDS = 60

log = structlog.get_logger(__name__)


def place_order(
    request: OutlineRequest,
    visitor: Visitor,
    session: SessionBase,
    *,
    address: str,
    form_key: uuid.UUID | None = None,
    caller: CallerKey | None = None,
    remembers: bool = True,
    skeleton: Skeleton | None = None,
) -> GenerationRun:
    """Order a roadmap; an anonymous visitor's session `remembers` it.

    What is already written, or was ordered by this very form or with this very key, is the answer
    and costs nothing. A `skeleton` that somebody brought along waits for their word.
    Raises GoalRefused, LimitReached, Closed and, for a caller's key, KeyReused.
    """
    provider = _provider()
    wanted = check_request(request, provider)
    person = person_of(visitor, session, address)
    owner = visitor if isinstance(visitor, User) else None
    key = _order_key(wanted, owner, form_key or uuid.uuid4(), skeleton)
    if caller is not None:
        key = scoped_key(caller, person, session)
    order = replace(_order(wanted, owner, person, key), skeleton=skeleton)
    known = find_noted(key, caller, wanted) if caller else None
    known = known or find_order(order, wanted)
    if known is None and skeleton is None:
        known = find_finished_run(wanted, provider=provider.name)
    run_id = known or _order_once(order, provider, person, made_roadmaps(session))
    if caller is not None:
        run_id = note_order(key, caller, wanted, run_id)
    run = GenerationRun.objects.select_related("roadmap").get(pk=run_id)
    if remembers and owner is None and run.idempotency_key == key:
        remember(session, run.roadmap_id, person)
    return run


def resume_order(
    run: GenerationRun, visitor: Visitor, session: SessionBase, *, address: str
) -> bool:
    """Have what is missing written; False where nothing is. Raises LimitReached: one more run is
    under way then, whether it was just ordered or is taken up again; and Closed."""
    person = person_of(visitor, session, address)
    refuse_run_when_spent(run)
    try:
        with transaction.atomic():
            lock_orders_of(person)
            if not visitor.is_staff and _has_enough_open(person, made_roadmaps(session)):
                raise LimitReached(ENOUGH_OPEN, LOOK_AGAIN_SECONDS)
            return resume(run.pk)
    except OperationalError as error:
        log.warning("order_not_enqueued", error=str(error))
        return True


def _has_enough_open(person: Person, made: list[str]) -> bool:
    return count_open_runs(person, made) >= settings.OPEN_RUNS_PER_PERSON


def _provider() -> Provider:
    """Whoever writes here. Visitors are not told why nobody does; the log is."""
    try:
        return get_provider(settings.CONTENT_PROVIDER)
    except ImproperlyConfigured as error:
        log.exception("provider_not_loaded")
        raise GoalRefused(
            gettext_noop("Nothing new can be written here just now. Please try again later.")
        ) from error


def _order(wanted: OutlineRequest, owner: User | None, person: Person, key: str) -> Order:
    return Order(
        wanted,
        owner=owner,
        visibility=Visibility.PRIVATE if owner else Visibility.UNLISTED,
        idempotency_key=key,
        placed_from="" if owner else person.address_digest,
        placed_by="" if owner else person.session_digest,
    )


def _order_once(order: Order, provider: Provider, person: Person, made: list[str]) -> uuid.UUID:
    """Open the run within the limits. Whatever is refused, or was there already, costs nothing."""
    refuse_person_when_spent(person, order.owner, provider)
    closed = CLOSED if order.owner else CLOSED_TO_VISITORS
    with take_places(order_windows(person), words=ENOUGH, closed=closed) as places:
        run_id, is_new = _open_run(order, provider, person, made)
        if not is_new:
            places.give_back()
    return run_id


def _open_run(
    order: Order, provider: Provider, person: Person, made: list[str]
) -> tuple[uuid.UUID, bool]:
    """The run, and whether it was opened now."""
    try:
        with transaction.atomic():
            lock_orders_of(person)
            if (known := find_order(order, order.request)) is not None:
                return known, False
            if _has_enough_open(person, made):
                raise LimitReached(ENOUGH_OPEN, LOOK_AGAIN_SECONDS)
            run_id = request_roadmap(order, provider)
    except OperationalError as error:
        # The order is in the rows, and the sweep enqueues what no message was sent for.
        log.warning("order_not_enqueued", error=str(error))
        run_id = GenerationRun.objects.get(idempotency_key=order.idempotency_key).pk
    return run_id, True


def _order_key(
    request: OutlineRequest, owner: User | None, form_key: uuid.UUID, skeleton: Skeleton | None
) -> str:
    """The same form sent twice is one order; sent again with another goal it is another."""
    plan = [print_skeleton(skeleton)] if skeleton else []
    wishes = json.dumps([request.goal, request.options(), owner and owner.pk, *plan])
    return f"form:{form_key}:{hashlib.sha256(wishes.encode()).hexdigest()[:32]}"
