"""The JSON API: routers of the apps under one roof, who is let in, and its documentation."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.openapi.docs import DocsBase
from ninja.utils import check_csrf

from config.api_errors import handle_errors
from generation.api import router as runs
from generation.plan_api import PLAN_MAX_BYTES, PLAN_URL_NAMES
from generation.plan_api import router as plans
from learning.api.routes import router as roadmaps

# A goal with all its wishes has a few hundred; only a plan has more.
BODY_MAX_BYTES = 64 * 1024
_SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


def admit(request: HttpRequest) -> Any:
    """Whoever asks: the account of the session, or nobody in particular.

    A browser sends its session's cookie along wherever a request comes from, so one that comes
    with it must show that it is meant. Whoever comes without has nothing to be abused.
    """
    if request.method not in _SAFE:
        _bound_body(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and check_csrf(request):
            words = _(
                "A request with a session's cookie needs the header X-CSRFToken with the value of "
                "the csrftoken cookie; every page with a form sets it, the documentation too."
            )
            raise HttpError(403, words)
    return request.user


def _bound_body(request: HttpRequest) -> None:
    try:
        size = len(request.body)
    except RequestDataTooBig:
        raise HttpError(413, "") from None
    match = request.resolver_match
    is_plan = request.method == "PUT" and match is not None and match.url_name in PLAN_URL_NAMES
    if size > (PLAN_MAX_BYTES if is_plan else BODY_MAX_BYTES):
        raise HttpError(413, "")


class LocalDocs(DocsBase):
    """Swagger UI from our own static files, under the policy of all our pages."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        context = {"title": api.title, "openapi_url": self.get_openapi_url(api, kwargs)}
        return render(request, "api/docs.html", context)


api = NinjaAPI(
    title="Cairn",
    version="1",
    description=(
        "Roadmaps to learn by, and how they are made. Errors have one shape: "
        '`{"error": {"code", "message", "fields"?}}`; those that pass by themselves (429, 503) '
        "say in `Retry-After` when to come again. Whoever is signed in on the site is known here "
        "by the same session, and sends `X-CSRFToken` with what is no GET."
    ),
    urls_namespace="api",
    docs=LocalDocs(),
    auth=admit,
)
handle_errors(api)
api.add_router("", runs)
api.add_router("", plans)
api.add_router("", roadmaps)
