"""From the goal form to a run."""

from __future__ import annotations

import hashlib
import json
import uuid

import structlog
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from kombu.exceptions import OperationalError

from accounts.models import User
from generation.dispatch import Order, request_roadmap
from generation.models import GenerationRun
from generation.outline import OutlineRequest
from generation.providers.registry import get_provider
from roadmaps.access import Visitor
from roadmaps.models import Visibility

MADE_ROADMAPS = "made_roadmaps"
# A session is no archive.
MADE_ROADMAPS_KEPT = 50

log = structlog.get_logger(__name__)


def place_order(
    request: OutlineRequest, visitor: Visitor, session: SessionBase, *, form_key: uuid.UUID | None
) -> GenerationRun:
    """Order a roadmap; an anonymous visitor's session remembers it. Raises GoalRefused."""
    owner = visitor if isinstance(visitor, User) else None
    order = Order(
        request,
        owner=owner,
        visibility=Visibility.PRIVATE if owner else Visibility.UNLISTED,
        idempotency_key=_order_key(request, owner, form_key or uuid.uuid4()),
    )
    run = GenerationRun.objects.get(pk=_request(order))
    if owner is None:
        remember(session, run.roadmap_id)
    return run


def _request(order: Order) -> uuid.UUID:
    try:
        return request_roadmap(order, get_provider(settings.CONTENT_PROVIDER))
    except OperationalError as error:
        # The order is in the rows, and the sweep enqueues what no message was sent for.
        log.warning("order_not_enqueued", error=str(error))
        run = GenerationRun.objects.get(idempotency_key=order.idempotency_key)
        return run.pk


def _order_key(request: OutlineRequest, owner: User | None, form_key: uuid.UUID) -> str:
    """The same form sent twice is one order; sent again with another goal it is another."""
    wishes = json.dumps([request.goal, request.options(), owner and owner.pk])
    return f"form:{form_key}:{hashlib.sha256(wishes.encode()).hexdigest()[:32]}"


def remember(session: SessionBase, roadmap_id: uuid.UUID) -> None:
    made = [known for known in made_roadmaps(session) if known != str(roadmap_id)]
    session[MADE_ROADMAPS] = [*made, str(roadmap_id)][-MADE_ROADMAPS_KEPT:]


def made_roadmaps(session: SessionBase) -> list[str]:
    return list(session.get(MADE_ROADMAPS, []))
