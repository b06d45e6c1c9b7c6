"""The site, and beside it the least that a page for somebody signed in can be."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import handler400, handler403, handler404, handler500, handler503
from config.urls import urlpatterns as site

__all__ = ["handler400", "handler403", "handler404", "handler500", "handler503", "urlpatterns"]

REFERENCE_BYTES = 1024


def show_reference(request: HttpRequest) -> HttpResponse:
    """All middleware, the user from the database, 1 KiB."""
    return HttpResponse(str(request.user).ljust(REFERENCE_BYTES))


urlpatterns = [path("reference/", show_reference), *site]
