"""Who pays for a run, and what they may spend: from the settings, and an account's own limit."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django.conf import settings

from accounts.limits.rules import Person
from accounts.models import User
from generation.models import GenerationRun
from generation.port.allowances import Allowance, day_of

SITE = "site"
OWN_TOKENS = "the account's own limit of tokens a day (in the admin)"
OWN_COST = "the account's own limit of US dollars a day (in the admin)"

_PAYER = ("requested_by", "roadmap__owner")
_OWN = ("max_tokens_per_day", "max_cost_usd_per_day")


def list_allowances(run_id: uuid.UUID) -> list[Allowance]:
    """Of all scopes that a run counts for and that have a limit; one statement.

    An account pays for what it ordered, or what it adopted. What a command made for nobody, the
    site pays for alone.
    """
    names = (*_PAYER, *(f"{payer}__{own}" for payer in _PAYER for own in _OWN))
    columns = ("placed_by", "placed_from", "created_at", *names)
    run = GenerationRun.objects.filter(pk=run_id).values(*columns).first()
    if run is None:
        return []
    payer = next((payer for payer in _PAYER if run[payer] is not None), None)
    if payer is not None:
        payers = [_account(run[payer], *(run[f"{payer}__{own}"] for own in _OWN))]
    else:
        payers = _visitor(run["placed_by"], run["placed_from"])
    return [one for one in (*payers, site_allowance(), _of_run(run_id, run)) if one]


def list_allowances_of(person: Person, account: User | None) -> list[Allowance]:
    """Of somebody who is about to order something."""
    if account is not None:
        payers = [allowance_of(account)]
    else:
        payers = _visitor(person.session_digest, person.address_digest)
    return [one for one in (*payers, site_allowance()) if one]


def allowance_of(account: User) -> Allowance:
    return _account(account.pk, account.max_tokens_per_day, account.max_cost_usd_per_day)


def visitor_allowance(session_digest: str) -> Allowance:
    return _visitor(session_digest, "")[0]


def site_allowance() -> Allowance:
    return _daily(SITE, "SITE")


def _account(pk: int, own_tokens: int | None, own_cost: Decimal | None) -> Allowance:
    common = _daily(f"user:{pk}", "USER")
    has_tokens, has_cost = own_tokens is not None, own_cost is not None
    return Allowance(
        common.scope,
        own_tokens if has_tokens else common.max_tokens,
        own_cost if has_cost else common.max_cost_usd,
        OWN_TOKENS if has_tokens else common.tokens_name,
        OWN_COST if has_cost else common.cost_name,
    )


def _visitor(session_digest: str, address_digest: str) -> list[Allowance]:
    """A visitor is a session and an address, and the stricter counts."""
    scopes = {"visitor": session_digest, "address": address_digest}
    return [_daily(f"{kind}:{digest}", "ANONYMOUS") for kind, digest in scopes.items() if digest]


def tell_daily_limits(whose: str) -> tuple[int | None, Decimal | None]:
    """Tokens and US dollars that all of a kind (SITE, USER, ANONYMOUS) may spend in a day."""
    return _limits(*_daily_names(whose))


def _daily(scope: str, whose: str) -> Allowance:
    tokens_name, cost_name = _daily_names(whose)
    return Allowance(scope, *tell_daily_limits(whose), tokens_name=tokens_name, cost_name=cost_name)


def _daily_names(whose: str) -> tuple[str, str]:
    return f"{whose}_MAX_TOKENS_PER_DAY", f"{whose}_MAX_COST_USD_PER_DAY"


def _of_run(run_id: uuid.UUID, run: dict[str, Any]) -> Allowance:
    limits = _limits("RUN_MAX_TOKENS", "RUN_MAX_COST_USD")
    return Allowance(f"run:{run_id}", *limits, day=day_of(run["created_at"]))


def _limits(tokens_name: str, cost_name: str) -> tuple[int | None, Decimal | None]:
    tokens, cost = getattr(settings, tokens_name), getattr(settings, cost_name)
    return None if tokens is None else int(tokens), None if cost is None else Decimal(str(cost))
