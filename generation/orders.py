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
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import User
from generation.admission import Asker, Refusals, open_within_limits, take_up_within_limits
from generation.dispatch import Order, check_request, find_order, request_roadmap, resume
from generation.models import GenerationRun
from generation.order_keys import CallerKey, find_noted, note_order, scoped_key
from generation.port.errors import GoalRefused
from generation.port.provider import Provider
from generation.port.request import OutlineRequest
from generation.port.skeleton import Skeleton, print_skeleton
from generation.providers.registry import get_provider
from generation.runs.selectors import find_finished_run
from roadmaps.access import Visitor
from roadmaps.makers import remember
from roadmaps.models import Visibility

SAY = Refusals(
    enough=_(
        "That is as many roadmaps as can be asked for in a day. You can ask for the next one "
        "%(when)s. Everything that is ready can be read at any time."
    ),
    enough_open=_(
        "As many roadmaps as can be written at a time are being written for you, or for somebody "
        "on your network. You can ask for the next one as soon as one of them is finished; try "
        "again %(when)s."
    ),
    closed=_("New roadmaps are not made at present. Everything that is ready can be read."),
    closed_to_visitors=_(
        "To ask for a new roadmap you need an account here: sign up, or sign in. Everything that "
        "is ready can be read without one."
    ),
)
ENOUGH_OPEN_TO_GO_ON = _(
    "As many roadmaps as can be written at a time are being written for you, or for somebody on "
    "your network. This one can go on as soon as one of them is finished; try again %(when)s."
)

GONE_ON_ENOUGH = _(
    "Roadmaps were taken up again very often today. This one can go on %(when)s. Everything that "
    "is ready can be read at any time."
)

# A program without an account or a session is not known again.
NOBODY_TO_APPROVE = gettext_noop(
    "Nobody could say later that this plan is to be written: sign in, or have it written at once."
)

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
    asker = Asker.of(visitor, session, address)
    key = _order_key(wanted, asker.account, form_key or uuid.uuid4(), skeleton)
    if caller is not None:
        key = scoped_key(caller, asker.person, session)
    order = replace(_order(wanted, asker, key), skeleton=skeleton)
    known = find_noted(key, caller, wanted) if caller else None
    known = known or find_order(order, wanted)
    if known is None and skeleton is None:
        known = find_finished_run(wanted, provider=provider.name)
    if known is None and wanted.plan_first and asker.account is None and not remembers:
        raise GoalRefused(NOBODY_TO_APPROVE)
    run_id = known or open_within_limits(
        asker,
        provider,
        SAY,
        find=lambda: find_order(order, wanted),
        open_run=lambda: request_roadmap(order, provider),
    )
    if caller is not None:
        run_id = note_order(key, caller, wanted, run_id)
    run = GenerationRun.objects.select_related("roadmap").get(pk=run_id)
    if remembers and asker.account is None and run.idempotency_key == key:
        remember(session, run.roadmap_id, asker.person)
    return run


def resume_order(
    run: GenerationRun, visitor: Visitor, session: SessionBase, *, address: str
) -> bool:
    """Have what is missing written; False where nothing is. Raises LimitReached: one more run is
    under way then, whether it was just ordered or is taken up again; and Closed."""
    return take_up_within_limits(
        run,
        Asker.of(visitor, session, address),
        enough=GONE_ON_ENOUGH,
        enough_open=ENOUGH_OPEN_TO_GO_ON,
        take_up=resume,
    )


def _provider() -> Provider:
    """Whoever writes here. Visitors are not told why nobody does; the log is."""
    try:
        return get_provider(settings.CONTENT_PROVIDER)
    except ImproperlyConfigured as error:
        log.exception("provider_not_loaded")
        raise GoalRefused(
            gettext_noop("Nothing new can be written here just now. Please try again later.")
        ) from error


def _order(wanted: OutlineRequest, asker: Asker, key: str) -> Order:
    return Order(
        wanted,
        owner=asker.account,
        visibility=Visibility.PRIVATE if asker.account else Visibility.UNLISTED,
        idempotency_key=key,
        **asker.placed,
    )


def _order_key(
    request: OutlineRequest, owner: User | None, form_key: uuid.UUID, skeleton: Skeleton | None
) -> str:
    """The same form sent twice is one order; sent again with another goal it is another."""
    plan = [print_skeleton(skeleton)] if skeleton else []
    wishes = json.dumps([request.goal, request.options(), owner and owner.pk, *plan])
    return f"form:{form_key}:{hashlib.sha256(wishes.encode()).hexdigest()[:32]}"
