"""The answer when the database is away or full: 503, when to try again, and a page to read."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_callable, get_resolver

RETRY_AFTER_SECONDS = 10


def show_unavailable(request: HttpRequest) -> HttpResponseBase:
    """What `handler503` of the root URLconf says, or one plain sentence; always Retry-After."""
    handler = getattr(get_resolver().urlconf_module, "handler503", None)
    response: HttpResponseBase = get_callable(handler)(request) if handler else _plain()
    response.headers.setdefault("Retry-After", str(RETRY_AFTER_SECONDS))
    return response


def _plain() -> HttpResponse:
    return HttpResponse(
        "The database is busy or away just now. Please try again in a moment.\n",
        status=503,
        content_type="text/plain; charset=utf-8",
    )
