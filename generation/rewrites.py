"""Having one artifact of a roadmap written anew, as somebody wishes."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from concepts.models import Artifact
from generation import tasks
from generation.admission import Asker, Refusals, open_within_limits
from generation.enqueueing import enqueue_on_commit
from generation.models import GenerationRun
from generation.port.errors import GoalRefused
from generation.port.provider import Provider
from generation.port.request import OutlineRequest
from generation.providers.registry import get_provider
from generation.runs.rewriting import open_rewriting
from roadmaps.access import Visitor

SAY = Refusals(
    enough=_(
        "That is as much as can be asked for in a day. You can ask for this %(when)s; until then "
        "you read what there is."
    ),
    enough_open=_(
        "As much as can be written at a time is being written for you, or for somebody on your "
        "network. You can ask for this as soon as some of it is finished; try again %(when)s."
    ),
    closed=_("Nothing new is written at present. You read what there is."),
    closed_to_visitors=_(
        "To have something written anew you need an account here: sign up, or sign in. Everything "
        "that is ready can be read without one."
    ),
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
    asker = Asker.of(visitor, session, address)
    ordered: dict[str, Any] = {
        **asker.placed,
        "requested_by": asker.account,
        "idempotency_key": _key(form_key, artifact, instruction),
    }

    def open_run() -> uuid.UUID:
        run = open_rewriting(artifact.pk, instruction, provider, **ordered)
        enqueue_on_commit(tasks.pull_artifacts, run.pk)
        return run.pk

    known = _find(ordered) or open_within_limits(
        asker, provider, SAY, find=partial(_find, ordered), open_run=open_run
    )
    return GenerationRun.objects.get(pk=known)


def _find(ordered: Mapping[str, object]) -> uuid.UUID | None:
    same = {name: ordered[name] for name in ("requested_by", "idempotency_key")}
    return GenerationRun.objects.filter(**same).values_list("pk", flat=True).first()


def _key(form_key: uuid.UUID, artifact: Artifact, instruction: str) -> str:
    """The same form sent twice is one order; sent again with another wish it is another."""
    wish = hashlib.sha256(f"{artifact.pk} {instruction}".encode("utf-8", "replace")).hexdigest()
    return f"rewrite:{form_key}:{wish[:32]}"
