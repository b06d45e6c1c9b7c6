"""Providers by name: settings.CONTENT_PROVIDERS maps a name to the dotted path of a factory."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from generation.port.provider import Provider


def provider_names() -> list[str]:
    return sorted(settings.CONTENT_PROVIDERS)


def get_provider(name: str) -> Provider:
    """Raises ImproperlyConfigured when there is none of that name, or it cannot be loaded."""
    if name not in settings.CONTENT_PROVIDERS:
        raise ImproperlyConfigured(
            f"CONTENT_PROVIDER is “{name}”, and this version has: {', '.join(provider_names())}. "
            "It is chosen as openai where LLM_BASE_URL or LLM_API_KEY is set; set "
            "CONTENT_PROVIDER=catalogue to use the built-in roadmaps."
        )
    path = settings.CONTENT_PROVIDERS[name]
    try:
        provider: Provider = import_string(path)()
    except Exception as error:
        raise ImproperlyConfigured(
            f"CONTENT_PROVIDERS gives “{path}” for {name}, which cannot be used: "
            f"{type(error).__name__}: {error}"
        ) from error
    return provider
