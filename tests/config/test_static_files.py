"""Files are answered in front of Django as Django would answer for them, but for what they cost."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from config.headers import StandardHeaders
from config.static_files import StaticFiles
from connection_budget.seats.handler import get_asgi_application

FILE = "/static/css/cairn.css"
Headers = dict[bytes, bytes]


@pytest.fixture(autouse=True)
def files_do_not_change(settings: Any) -> None:
    settings.WHITENOISE_AUTOREFRESH = False
    settings.STATIC_ROOT = None
    settings.ALLOWED_HOSTS = ["localhost"]


class Asked:
    """What an application answers; `passed` tells whether Django was asked."""

    def __init__(self) -> None:
        self.passed = 0
        django = get_asgi_application()

        async def counting(scope: Any, receive: Any, send: Any) -> None:
            self.passed += 1
            await django(scope, receive, send)

        self.files = StandardHeaders(StaticFiles(counting))
        self.django = StandardHeaders(django)


async def ask(
    application: Any, path: str, headers: Headers, *, method: str = "GET", query: bytes = b"",
    scheme: str = "http",
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:  # fmt: skip
    scope = {
        "type": "http", "method": method, "path": path, "query_string": query, "scheme": scheme,
        "headers": [(b"host", b"localhost"), *headers.items()],
    }  # fmt: skip
    asked: Any = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]  # comes without types
    await asked.send_input({"type": "http.request", "body": b""})
    start, body = await asked.receive_output(100), await asked.receive_output(100)
    told = sorted((name.lower(), value) for name, value in start["headers"])
    if start["status"] == 304:  # Django tells a type of nothing
        told = [pair for pair in told if pair[0] != b"content-type"]
    await asked.wait(100)
    return start["status"], told, body.get("body", b"")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "headers",
    [{}, {b"if-none-match": b'"other"'}, {b"if-modified-since": b"Thu, 01 Jan 1970 00:00:00 GMT"},
     {b"if-modified-since": b"Fri, 01 Jan 2100 00:00:00 GMT"}, {b"if-modified-since": b"\xff"},
     {b"accept-encoding": b"gzip, br"}],
)  # fmt: skip
async def test_a_file_is_answered_as_django_would_and_it_is_not_asked(
    method: str, headers: Headers
) -> None:
    asked = Asked()
    for path in (FILE, "/static/img/cairn.svg", "/static/js/notes.js"):
        ours = await ask(asked.files, path, headers, method=method)
        assert ours == await ask(asked.django, path, headers, method=method)
        assert ours[0] in {200, 304}
    assert not asked.passed


async def test_a_file_that_a_browser_has_is_not_sent_again() -> None:
    asked = Asked()
    tag = dict((await ask(asked.files, FILE, {}))[1])[b"etag"]
    status, _headers, body = await ask(asked.files, FILE, {b"if-none-match": tag})
    assert (status, body, asked.passed) == (304, b"", 0)


@pytest.mark.parametrize(
    ("headers", "more"),
    [({b"range": b"bytes=0-9"}, {}), ({}, {"query": b"x=%00"}), ({}, {"method": "POST"}),
     ({b"content-length": b"0"}, {}), ({b"transfer-encoding": b"chunked"}, {}),
     ({}, {"method": "OPTIONS"})],
)  # fmt: skip
async def test_what_needs_a_second_look_goes_to_django(
    headers: Headers, more: dict[str, Any]
) -> None:
    asked = Asked()
    ours = await ask(asked.files, FILE, headers, **more)
    assert asked.passed == 1
    assert ours == await ask(asked.django, FILE, headers, **more)


@pytest.mark.parametrize(
    "path", ["/static/", "/static/no/such.css", "/static/../manage.py", "/health/live", "/static"]
)
async def test_what_is_no_file_goes_to_django(path: str) -> None:
    asked = Asked()
    assert (await ask(asked.files, path, {}))[0] in {200, 301, 404}
    assert asked.passed == 1


@pytest.mark.parametrize(
    ("scheme", "proxy", "said", "status"),
    [("http", False, {}, 301), ("https", False, {}, 200),
     ("http", True, {b"x-forwarded-proto": b"https"}, 200),
     ("http", True, {b"x-forwarded-proto": b"http"}, 301),
     ("http", False, {b"x-forwarded-proto": b"https"}, 301)],
)  # fmt: skip
async def test_where_https_is_wanted_files_are_sent_over_nothing_else(
    settings: Any, scheme: str, *, proxy: bool, said: Headers, status: int
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if proxy else None
    asked = Asked()
    assert (await ask(asked.files, FILE, said, scheme=scheme))[0] == status
    assert asked.passed == (status == 301)


async def test_while_files_change_they_are_looked_for_each_time(settings: Any) -> None:
    settings.WHITENOISE_AUTOREFRESH = True
    asked = Asked()
    assert (await ask(asked.files, FILE, {}))[0] == 200
    assert asked.passed == 1
