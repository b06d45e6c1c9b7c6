"""Requests that no page of ours could read are refused at the door, in a sentence.

Django reads them late, where a view, a form or the database first touches what they hold, and
each of those fails in a way of its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from django.utils.translation import gettext_lazy as _

from learning.errors import show_bad_request

_UNREADABLE = _("This address holds signs that no page can read.")
_NOT_UTF_8 = _("This form is not written in UTF-8.")
_NULS = ("\x00", "%00")
_CHARSETS = {"", "utf-8", "utf8", "us-ascii", "ascii"}

Answer = Callable[[HttpRequest], HttpResponseBase]
Later = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def refuse_strange_requests(get_response: Answer | Later) -> Answer | Later:
    if not iscoroutinefunction(get_response):

        def answer(request: HttpRequest) -> HttpResponseBase:
            return refuse(request) or get_response(request)  # type: ignore[return-value]  # the sync half

        return answer

    async def answer_later(request: HttpRequest) -> HttpResponseBase:
        return refuse(request) or await get_response(request)

    return markcoroutinefunction(answer_later)


def refuse(request: HttpRequest) -> HttpResponse | None:
    """The refusal, or None where a request can be read."""
    query = request.META.get("QUERY_STRING", "")
    if any(nul in text for nul in _NULS for text in (request.path_info, query)):
        return show_bad_request(request, words=_UNREADABLE)
    charset = (request.content_params or {}).get("charset", "").strip("\"' ").casefold()
    if charset in _CHARSETS:
        return None
    if request.method in {"GET", "HEAD", "OPTIONS", "TRACE"}:
        # It speaks of a body that there is not; addresses are in UTF-8.
        request.encoding = "utf-8"
        return None
    return show_bad_request(request, words=_NOT_UTF_8)
