"""The release middleware: a connection goes back as soon as the answer is made.

Django gives it back when the response has been *sent*, so that a client which reads slowly holds
a connection. Put this one first in MIDDLEWARE: outermost, after the session has been saved.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing
from typing import Any, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.db import OperationalError
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from connection_budget.seats.returning import in_request_thread, return_connections
from connection_budget.seats.seats import NoSeat
from connection_budget.seats.unavailable import show_unavailable

_END = object()


class ReleaseMiddleware:
    """Closes the request's connections after its response; between the parts of a stream, too.

    With CONN_MAX_AGE 0 closing returns a pooled connection. One inside `atomic` stays: a stream
    that needs a transaction keeps its connection, and its seat. A database that is away or full
    is answered by 503.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self._get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self._is_async:
            return self._respond(request)
        response: HttpResponseBase = self._get_response(request)
        return_connections()
        return response

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """With DEBUG, too, where Django would show its technical page."""
        if not isinstance(exception, OperationalError):
            return None
        response = show_unavailable(request)
        if isinstance(exception, NoSeat) and exception.retry_after is not None:
            response.headers["Retry-After"] = str(exception.retry_after)
        return response

    async def _respond(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await self._get_response(request)
        if isinstance(response, StreamingHttpResponse):
            release_parts(response)
        await in_request_thread(return_connections)()
        return response


_RELEASED = "_connection_budget_released"


def release_parts(response: StreamingHttpResponse) -> None:
    """Have it hold no connection while a part is sent. Safe to repeat.

    A synchronous middleware makes all those in front of it synchronous: then this is left to the
    handler, behind which nobody stands.
    """
    if not getattr(response, _RELEASED, False):
        response.streaming_content = release_between(response)
        setattr(response, _RELEASED, True)


def release_between(response: StreamingHttpResponse) -> AsyncIterator[bytes]:
    """The parts of a stream; no connection is held while one is being sent."""
    parts = response.streaming_content
    if response.is_async:
        return _release_after_each(cast("AsyncIterator[bytes]", parts))
    return _step(iter(cast("Iterator[bytes]", parts)))


async def _release_after_each(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async with aclosing(cast("Any", parts)):
        async for part in parts:
            await in_request_thread(return_connections)()
            yield part


async def _step(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """One part at a time in the request's thread; Django would make a list of them first."""

    def take() -> object:
        try:
            return next(parts, _END)
        finally:
            return_connections()

    while (part := await in_request_thread(take)()) is not _END:
        yield cast("bytes", part)
