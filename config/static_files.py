"""Static files from the web role itself, in front of sessions and the database."""

from __future__ import annotations

from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]  # comes without types
from whitenoise.responders import StaticFile  # type: ignore[import-untyped]  # likewise


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # likewise
    """WhiteNoise with whole answers: it streams, and ASGI cannot stream a synchronous file.

    Django would buffer it all the same, and warn. Ours are small. It works in both kinds of chains:
    one middleware that is sync alone makes Django change threads twice for each request.
    """

    async_capable = sync_capable = True

    def __init__(self, get_response: Any, **options: Any) -> None:
        super().__init__(get_response, **options)
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        answer = super().__call__(request)
        if iscoroutinefunction(self) and isinstance(answer, HttpResponse):
            return _later(answer)
        return answer

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        answer = static_file.get_response(request.method, request.META)
        content = b""
        if answer.file is not None:
            with answer.file:
                content = answer.file.read()
        return HttpResponse(content, status=int(answer.status), headers=dict(answer.headers))


async def _later(answer: HttpResponse) -> HttpResponse:
    """An asynchronous chain waits for what it is given."""
    return answer
