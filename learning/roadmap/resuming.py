"""Having what is missing written: a button for whoever may change the roadmap."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError

from accounts.limits.refusals import LimitReached
from accounts.limits.rules import Person
from generation.day_limits import refuse_run_when_spent
from generation.dispatch import resume
from generation.models import GenerationRun
from generation.runs.open_runs import count_open_runs, lock_orders_of
from roadmaps.access import Visitor
from roadmaps.makers import made_roadmaps, person_of

ENOUGH_OPEN = _(
    "As many roadmaps as can be written at a time are being written for you, or for somebody on "
    "your network. This one can go on as soon as one of them is finished; try again %(when)s."
)
# A run ends in minutes, but nobody knows in how many.
LOOK_AGAIN_SECONDS = 60

log = structlog.get_logger(__name__)


def resume_for(run: GenerationRun, visitor: Visitor, session: SessionBase, *, address: str) -> bool:
    """Resume a run within the limits of whoever asks; False where there is nothing to resume.

    Staff resume what they like. Raises LimitReached and Closed.
    """
    person = person_of(visitor, session, address)
    if not visitor.is_staff:
        refuse_run_when_spent(run)
    try:
        with transaction.atomic():
            if not visitor.is_staff:
                _keep_to_limit(person, made_roadmaps(session))
            return resume(run.pk)
    except OperationalError as error:
        # It is queued in the rows, and the sweep enqueues what no message was sent for.
        log.warning("order_not_enqueued", error=str(error))
        return True


def _keep_to_limit(person: Person, made: list[str]) -> None:
    lock_orders_of(person)
    if count_open_runs(person, made) >= settings.OPEN_RUNS_PER_PERSON:
        raise LimitReached(ENOUGH_OPEN, LOOK_AGAIN_SECONDS)
