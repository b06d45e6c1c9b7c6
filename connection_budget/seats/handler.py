"""Django's ASGI handler, without its ways to lose a connection.

Stock Django (5.2) never ends a request whose stream raises: `request_finished` is not sent, and
the connection is never returned. After as many failures as the pool has connections the process
answers nobody.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from io import BytesIO
from typing import Any, cast

import django
from django.core import signals
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from connection_budget.seats.bodies import Message, Receive
from connection_budget.seats.middleware import release_parts
from connection_budget.seats.returning import in_request_thread
from connection_budget.seats.seating import Application, Scope, Send
from connection_budget.seats.unavailable import show_unavailable

_BODY = "connection_budget.body"


class SafeASGIHandler(ASGIHandler):
    """Ends every request it began, however that goes."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().handle(scope, receive, send)
        except BaseException:
            if body := scope.pop(_BODY, None):
                body.close()
            await _to_the_end(signals.request_finished.asend(sender=type(self)))
            raise

    def create_request(self, scope: Mapping[str, Any], body_file: Any) -> tuple[Any, Any]:
        # Stock Django forgets to close it, too, where a response fails.
        cast("Scope", scope)[_BODY] = body_file
        return super().create_request(scope, body_file)

    async def send_response(self, response: Any, send: Send) -> None:
        if response.streaming:
            release_parts(response)
        try:
            await super().send_response(response, send)
        except asyncio.CancelledError:
            raise  # the client has left: Django closes the response
        except BaseException:
            await _to_the_end(in_request_thread(response.close)())
            raise


class SyncASGIHandler(SafeASGIHandler):
    """For a project whose views are synchronous: all middleware and the view are one call in the
    request's thread. Django would change threads for each method of each middleware.

    An asynchronous view works, too, and keeps a thread while it waits.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        del is_async  # ASGIHandler asks for True
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: Any) -> Any:
        return await in_request_thread(self.get_response)(request)


async def _to_the_end(ending: Coroutine[Any, Any, Any]) -> None:
    """Finish `ending` even if the caller is cancelled meanwhile."""
    task = asyncio.ensure_future(ending)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def get_asgi_application(kind: type[SafeASGIHandler] = SafeASGIHandler) -> SafeASGIHandler:
    """As Django's function of this name."""
    django.setup(set_prefix=False)
    return kind()


def refuse_politely(scope: Scope, status: int, message: str) -> Application:
    """What `SeatedApplication` answers instead of Django; touches no database."""
    if status == 503:
        response = show_unavailable(ASGIRequest(scope, BytesIO()))
    else:
        response = HttpResponse(f"{message}\n", status=status, content_type="text/plain")
    return answering(response)


def answering(response: HttpResponseBase) -> Application:
    """An application that gives this one answer."""
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in response.items()]
    content: bytes = getattr(response, "content", b"")

    async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
        start: Message = {
            "type": "http.response.start",
            "status": response.status_code,
            "headers": [*headers, (b"content-length", str(len(content)).encode())],
        }
        await send(start)
        await send({"type": "http.response.body", "body": content})

    return answer
