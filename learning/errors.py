"""Pages for when things go wrong. Those for 500 and 503 touch no database."""

from __future__ import annotations

import sys

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.display import theme_of
from accounts.json_errors import json_error, wants_json
from accounts.limits.refusals import Words

RETRY_AFTER_SECONDS = 10
_CUT_OFF = {
    408: _("It took too long to arrive. Please go back and send it again."),
    413: _(
        "It is longer than what can be sent here. Please go back, shorten it and send it again."
    ),
}


def show_bad_request(
    request: HttpRequest,
    exception: Exception | None = None,
    *,
    words: Words = "",
) -> HttpResponse:
    """Without what the page would ask the database: nothing of this request can be relied on."""
    return _show(request, 400, words=words)


def show_cut_off(request: HttpRequest, status: int) -> HttpResponse:
    """What was not read to its end: too slow, or too long."""
    response = show_bad_request(request, words=_CUT_OFF[status])
    response.status_code = status
    return response


def _show(request: HttpRequest, status: int, **said: Words) -> HttpResponse:
    """In the language and the look that cookies or the browser ask for: nobody may have read more
    of the request yet."""
    context = {"display_theme": theme_of(request), **said}
    with translation.override(translation.get_language_from_request(request)):
        return HttpResponse(render_to_string(f"{status}.html", context), status=status)


def show_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def show_forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def show_server_error(request: HttpRequest) -> HttpResponse:
    """A database that cannot be reached, or has no free connection, is back soon: 503."""
    if isinstance(sys.exc_info()[1], OperationalError):
        return show_unavailable(request)
    return _show(request, 500)


def show_unavailable(request: HttpRequest) -> HttpResponse:
    """For people a page, for programs the API's one shape of errors."""
    if wants_json(request):
        response: HttpResponse = json_error(503)
    else:
        response = _show(request, 503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
