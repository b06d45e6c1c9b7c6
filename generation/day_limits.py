"""What people are told of the limits of a day: that nothing is left, and how much is used."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.limits.refusals import Closed, LimitReached
from accounts.limits.rules import Person, session_digest_of
from accounts.models import User
from generation.models import GenerationRun
from generation.port.allowances import Allowance, is_used_up, next_day, share_used
from generation.port.provider import Provider, keeps_books
from generation.providers.registry import get_provider
from generation.runs.allowances import (
    SITE,
    allowance_of,
    list_allowances,
    list_allowances_of,
    site_allowance,
    visitor_allowance,
)
from generation.runs.learner_words import say_at
from generation.runs.reservations import read_uses
from roadmaps.access import Visitor
from roadmaps.makers import COUNTED_AS

ENOUGH = gettext_lazy(
    "As much has been written for you today as may be in a day. You can ask for more %(when)s. "
    "Everything that is ready can be read at any time."
)
ENOUGH_HERE = gettext_lazy(
    "As much has been written here today as may be in a day. You can ask for more %(when)s. "
    "Everything that is ready can be read at any time."
)
NOTHING = gettext_lazy(
    "Nothing new is written for you at present. Everything that is ready can be read."
)

# Shares of a day from which on they are called so.
_SHARES = (
    (
        1.0,
        gettext_lazy("All that may be written for you in a day is used; it begins anew %(when)s."),
    ),
    (
        0.85,
        gettext_lazy(
            "Nearly all that may be written for you in a day is used; it begins anew %(when)s."
        ),
    ),
    (
        0.6,
        gettext_lazy(
            "About three quarters of what may be written for you in a day are used; it begins anew "
            "%(when)s."
        ),
    ),
    (
        0.4,
        gettext_lazy(
            "About half of what may be written for you in a day is used; it begins anew %(when)s."
        ),
    ),
    (
        0.15,
        gettext_lazy(
            "About a quarter of what may be written for you in a day is used; it begins anew "
            "%(when)s."
        ),
    ),
    (
        0.0,
        gettext_lazy(
            "Little of what may be written for you in a day is used; it begins anew %(when)s."
        ),
    ),
)
_UNUSED = gettext_lazy("Nothing of what may be written for you in a day is used yet.")


def refuse_when_spent(allowances: Sequence[Allowance], provider: Provider | None = None) -> None:
    """Raises LimitReached where nothing is left of a day, Closed where nothing ever is.

    What a `provider` writes that asks no model costs nothing.
    """
    if provider is not None and not keeps_books(provider):
        return
    if any(one.is_closed for one in allowances):
        raise Closed(NOTHING)
    now = timezone.now()
    daily = [one for one in allowances if one.day is None]
    for allowance, used in read_uses(daily, now, seeks=True):
        if is_used_up(allowance, used):
            words = ENOUGH_HERE if allowance.scope == SITE else ENOUGH
            raise LimitReached(words, (next_day(now) - now).total_seconds())


def refuse_person_when_spent(person: Person, account: User | None, provider: Provider) -> None:
    refuse_when_spent(list_allowances_of(person, account), provider)


def refuse_owner_when_spent(owner: User | None, provider: Provider) -> None:
    """What a command has written for an account, or for nobody: that the site pays for."""
    payers = [allowance_of(owner)] if owner is not None else []
    refuse_when_spent([one for one in (*payers, site_allowance()) if one], provider)


def refuse_run_when_spent(run: GenerationRun) -> None:
    """The same of whoever pays for a run that is to go on."""
    try:
        provider = get_provider(run.provider)
    except ImproperlyConfigured:
        return  # the run will say so
    refuse_when_spent(list_allowances(run.pk), provider)


def describe_share(allowance: Allowance) -> str:
    """How much of a day is used, for whoever it is about; empty where nothing is limited."""
    if not allowance:
        return ""
    now = timezone.now()
    [(_allowance, used)] = read_uses([allowance], now)
    share = share_used(allowance, used)
    if not share:
        return str(_UNUSED)
    words = next(words for least, words in _SHARES if share >= least)
    return str(words) % {"when": say_at(next_day(now))}


def describe_share_of(visitor: Visitor, session: SessionBase) -> str:
    """An account's, or a visitor's by their session: nobody is told of an address they share."""
    if isinstance(visitor, User):
        return describe_share(allowance_of(visitor))
    counted_as = session.get(COUNTED_AS)
    return describe_share(visitor_allowance(session_digest_of(counted_as))) if counted_as else ""
