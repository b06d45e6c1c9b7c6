"""Providers by name."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ImproperlyConfigured

from generation.providers.base import Provider
from generation.providers.catalogue import CatalogueProvider

_FACTORIES: dict[str, Callable[[], Provider]] = {"catalogue": CatalogueProvider}


def provider_names() -> list[str]:
    return sorted(_FACTORIES)


def get_provider(name: str) -> Provider:
    """Raises ImproperlyConfigured naming CONTENT_PROVIDER when there is none of that name."""
    try:
        return _FACTORIES[name]()
    except KeyError:
        raise ImproperlyConfigured(
            f"CONTENT_PROVIDER is “{name}”, and this version has: {', '.join(provider_names())}. "
            "It is chosen as openai where LLM_BASE_URL or LLM_API_KEY is set; set "
            "CONTENT_PROVIDER=catalogue to use the built-in roadmaps."
        ) from None
