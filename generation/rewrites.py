"""Having one artifact of a roadmap written anew, as somebody wishes."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from functools import partial

import structlog
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError

from accounts.limits.refusals import LimitReached, take_places
from accounts.limits.rules import Person, order_windows
from accounts.models import User
from concepts.models import Artifact
from generation import tasks
from generation.day_limits import refuse_person_when_spent
from generation.models import GenerationRun
from generation.orders import LOOK_AGAIN_SECONDS
from generation.port.errors import GoalRefused
from generation.port.provider import Provider
from generation.port.request import OutlineRequest
from generation.providers.registry import get_provider
from generation.runs.open_runs import count_open_runs, lock_orders_of
from generation.runs.rewriting import open_rewriting
from roadmaps.access import Visitor
from roadmaps.makers import made_roadmaps, person_of

ENOUGH = _(
    "That is as much as can be asked for in a day. You can ask for this %(when)s; until then you "
    "read what there is."
)
ENOUGH_OPEN = _(
    "As much as can be written at a time is being written for you, or for somebody on your "
    "network. You can ask for this as soon as some of it is finished; try again %(when)s."
)
CLOSED = _("Nothing new is written at present. You read what there is.")
CLOSED_TO_VISITORS = _(
    "To have something written anew you need an account here: sign up, or sign in. Everything "
    "that is ready can be read without one."
)

log = structlog.get_logger(__name__)


def find_writer(goal: str) -> Provider | None:
    """Who can follow an instruction; None where nobody can, as without a model."""
    if settings.CONTENT_PROVIDER == "catalogue":
        return None
    try:
        provider = get_provider(settings.CONTENT_PROVIDER)
        provider.check_goal(OutlineRequest(goal))
    except ImproperlyConfigured:
        log.exception("provider_not_loaded")
        return None
    except GoalRefused:
        return None
    return provider


def order_rewriting(
    artifact: Artifact,
    instruction: str,
    provider: Provider,
    visitor: Visitor,
    session: SessionBase,
    *,
    address: str,
    form_key: uuid.UUID,
) -> GenerationRun:
    """The run that writes it; the one there is, where this very form was sent before.

    It counts as an order. Raises NotRewritten, LimitReached and Closed.
    """
    person = person_of(visitor, session, address)
    owner = visitor if isinstance(visitor, User) else None
    ordered = {
        "requested_by": owner,
        "placed_from": "" if owner else person.address_digest,
        "placed_by": "" if owner else person.session_digest,
        "idempotency_key": _key(form_key, artifact, instruction),
    }
    if (known := _find(ordered)) is not None:
        return known
    refuse_person_when_spent(person, owner, provider)
    closed = CLOSED if owner else CLOSED_TO_VISITORS
    with take_places(order_windows(person), words=ENOUGH, closed=closed) as places:
        with transaction.atomic():
            lock_orders_of(person)
            if (known := _find(ordered)) is not None:
                places.give_back()
                return known
            if not visitor.is_staff:
                _keep_to_limit(person, made_roadmaps(session))
            run = open_rewriting(artifact.pk, instruction, provider, **ordered)
        _enqueue(run)
    return run


def _find(ordered: Mapping[str, object]) -> GenerationRun | None:
    same = {name: ordered[name] for name in ("requested_by", "idempotency_key")}
    return GenerationRun.objects.filter(**same).first()


def _keep_to_limit(person: Person, made: list[str]) -> None:
    if count_open_runs(person, made) >= settings.OPEN_RUNS_PER_PERSON:
        raise LimitReached(ENOUGH_OPEN, LOOK_AGAIN_SECONDS)


def _enqueue(run: GenerationRun) -> None:
    """Once it is committed; the sweep enqueues what no message was sent for."""
    try:
        transaction.on_commit(partial(tasks.pull_artifacts.delay, str(run.pk)))
    except OperationalError as error:
        log.warning("order_not_enqueued", error=str(error))


def _key(form_key: uuid.UUID, artifact: Artifact, instruction: str) -> str:
    """The same form sent twice is one order; sent again with another wish it is another."""
    wish = hashlib.sha256(f"{artifact.pk} {instruction}".encode("utf-8", "replace")).hexdigest()
    return f"rewrite:{form_key}:{wish[:32]}"
