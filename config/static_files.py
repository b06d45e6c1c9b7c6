"""Static files from the web role itself, in front of sessions and the database."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]  # comes without types
from whitenoise.responders import StaticFile  # type: ignore[import-untyped]  # likewise


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # likewise
    """WhiteNoise with whole answers: it streams, and ASGI cannot stream a synchronous file.

    Django would buffer it all the same, and warn. Ours are small.
    """

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        answer = static_file.get_response(request.method, request.META)
        content = b""
        if answer.file is not None:
            with answer.file:
                content = answer.file.read()
        return HttpResponse(content, status=int(answer.status), headers=dict(answer.headers))
