"""Static files from the web role itself, in front of sessions and the database.

Where files do not change while the process runs (production), they are answered in front of Django,
from memory: they are few and small. Otherwise WhiteNoise looks for them as a middleware, again and
again.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]  # comes without types
from whitenoise.responders import StaticFile  # type: ignore[import-untyped]  # likewise

from config.headers import Pairs

# What decides about an answer, as WhiteNoise reads it.
_DECIDING = {
    b"if-none-match": "HTTP_IF_NONE_MATCH",
    b"if-modified-since": "HTTP_IF_MODIFIED_SINCE",
    b"accept-encoding": "HTTP_ACCEPT_ENCODING",
}
_SECOND_LOOK = {b"range", b"content-length", b"transfer-encoding"}


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


class StaticFiles:
    """An ASGI application that answers for files, and hands all else to `application`.

    That is asked for parts of a file, too, for anything that needs a second look (a query, a body,
    another method), and where the visitor may first have to be sent to HTTPS.
    """

    def __init__(self, application: Any) -> None:
        self._application = application
        self._contents: dict[str, bytes] = {}

    @cached_property
    def _files(self) -> dict[str, StaticFile]:
        noise = StaticFilesMiddleware()
        return {} if noise.autorefresh else noise.files

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        file = self._files.get(scope["path"].removeprefix(scope.get("root_path", "")))
        if file is None or not _is_plain(scope):
            await self._application(scope, receive, send)
            return
        status, headers, content = self._answer(file, scope)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, file: StaticFile, scope: Any) -> tuple[int, Pairs, bytes]:
        asked = {
            _DECIDING[name]: value.decode("latin-1")
            for name, value in scope["headers"]
            if name in _DECIDING
        }
        if file.is_not_modified(asked):
            kept = file.not_modified_response
            return int(kept.status), _encode(kept.headers), b""
        path, headers = file.get_path_and_headers(asked)
        content = self._read(path) if scope["method"] == "GET" else b""
        return 200, _encode(headers), content

    def _read(self, path: str) -> bytes:
        """Once: nothing changes while the process runs."""
        if path not in self._contents:
            self._contents[path] = Path(path).read_bytes()
        return self._contents[path]


def _is_plain(scope: Any) -> bool:
    if scope["method"] not in {"GET", "HEAD"} or scope["query_string"]:
        return False
    if any(name in _SECOND_LOOK for name, _ in scope["headers"]):
        return False
    return not settings.SECURE_SSL_REDIRECT or _is_secure(scope)


def _is_secure(scope: Any) -> bool:
    """Beyond doubt; what is not, Django judges."""
    if (declared := settings.SECURE_PROXY_SSL_HEADER) is None:
        return bool(scope.get("scheme") == "https")
    variable, secure = declared
    header = variable.removeprefix("HTTP_").replace("_", "-").lower().encode()
    said = [value for name, value in scope["headers"] if name == header]
    return said == [secure.encode()]


def _encode(headers: Iterable[tuple[str, str]]) -> Pairs:
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
