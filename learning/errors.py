"""Pages for when things go wrong. Those for 500 and 503 touch no database."""

from __future__ import annotations

import sys

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from accounts.json_errors import json_error, wants_json

RETRY_AFTER_SECONDS = 10


def show_bad_request(
    request: HttpRequest,
    exception: Exception | None = None,
    *,
    words: str = "",
) -> HttpResponse:
    """Without what the page would ask the database: nothing of this request can be relied on."""
    return HttpResponse(render_to_string("400.html", {"words": words}), status=400)


def show_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def show_forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def show_server_error(request: HttpRequest) -> HttpResponse:
    """A database that cannot be reached, or has no free connection, is back soon: 503."""
    if isinstance(sys.exc_info()[1], OperationalError):
        return show_unavailable(request)
    return HttpResponse(render_to_string("500.html"), status=500)


def show_unavailable(request: HttpRequest) -> HttpResponse:
    """For people a page, for programs the API's one shape of errors."""
    if wants_json(request):
        response: HttpResponse = json_error(503)
    else:
        response = HttpResponse(render_to_string("503.html"), status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
