"""A limit in dollars holds only where it is known what a model costs."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from generation.providers.gateway.opening import configured_endpoint
from generation.providers.gateway.responses import price_of

A_MILLION = 1_000_000


def is_price_known() -> bool:
    return price_of(configured_endpoint(), A_MILLION, A_MILLION) is not None


def refuse_unknown_price(limits: list[str]) -> None:
    """Raises ImproperlyConfigured where a limit is set that nobody can keep."""
    if not is_price_known():
        endpoint = configured_endpoint()
        raise ImproperlyConfigured(
            f"{limits[0]} is set, and nobody knows what {settings.LLM_MODEL} at {endpoint.host} "
            "costs: set LLM_PRICE_INPUT and LLM_PRICE_OUTPUT (US dollars for a million tokens)."
        )
