"""Answers that no page gives, refusals at the door among them, carry the headers of all others."""

from __future__ import annotations

import socket

import pytest

from tests.fuzz.conftest import Site
from tests.fuzz.raw import Ask

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

STANDARD = {
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cache-control",
}
SOCKET = [
    (b"Upgrade", b"websocket"),
    (b"Connection", b"Upgrade"),
    (b"Sec-WebSocket-Key", b"AAAAAAAAAAAAAAAAAAAAAA=="),
    (b"Sec-WebSocket-Version", b"13"),
    (b"Origin", b"http://localhost"),
]
ANSWERS = [
    (200, Ask(target=b"/")),
    (200, Ask(target=b"/accounts/login/")),
    (200, Ask(target=b"/health/live")),
    (200, Ask(target=b"/static/css/cairn.css")),
    (404, Ask(target=b"/static/nothing.css")),
    (404, Ask(target=b"/nowhere")),
    (400, Ask(target=b"/nowhere?x=%00")),
    (400, Ask(target=b"/", headers=[(b"x", b"y" * 70_000)])),
    (400, Ask(b"BAD METHOD")),
    (403, Ask(target=b"/ws/nothing/", headers=SOCKET)),
    (403, Ask(target=b"/ws/runs/00000000-0000-0000-0000-000000000000/", headers=SOCKET)),
    (413, Ask(b"POST", b"/", [(b"Content-Length", b"999999999")])),
    (404, Ask(target=b"/api/v1/nowhere")),
    (405, Ask(b"DELETE", b"/api/v1/roadmaps")),
    (413, Ask(b"POST", b"/api/v1/roadmaps/generate", [(b"Content-Length", b"999999999")])),
    (413, Ask(b"POST", b"/static/x", [(b"Content-Length", b"999999999")])),
]
AT_THE_DOOR = [
    (404, Ask(target=b"/api/v1/nowhere")),
    (404, Ask(b"HEAD", b"/api/v1/nowhere")),
    (405, Ask(b"DELETE", b"/api/v1/roadmaps")),
    (400, Ask(target=b"/api/v1/roadmaps?q=%00")),
    (413, Ask(b"POST", b"/api/v1/roadmaps/generate", [(b"Content-Length", b"999999999")])),
]


def headers_of(site: Site, ask: Ask) -> tuple[int, dict[str, str]]:
    if not any(name == b"Upgrade" for name, _ in ask.headers):
        ask.headers.append((b"Connection", b"close"))
    with socket.create_connection(("127.0.0.1", site.port), timeout=60) as line:
        line.sendall(ask.to_bytes())
        read = b""
        while b"\r\n\r\n" not in read:
            chunk = line.recv(65_536)
            assert chunk, read
            read += chunk
    first, *rest = read.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    pairs = (header.partition(": ") for header in rest)
    return int(first.split()[1]), {name.lower(): value for name, _, value in pairs}


def test_every_answer_carries_the_same_headers(site: Site) -> None:
    for status, ask in ANSWERS:
        answered, headers = headers_of(site, ask)
        assert answered == status, ask.told()
        assert headers.keys() >= STANDARD, ask.told()
        assert headers["x-content-type-options"] == "nosniff", ask.told()
        assert "default-src 'none'" in headers["content-security-policy"], ask.told()


def test_pages_are_kept_for_their_visitor_alone(site: Site) -> None:
    for page in (b"/", b"/accounts/login/", b"/nowhere", b"/admin/login/"):
        _, headers = headers_of(site, Ask(target=page))
        assert "private" in headers["cache-control"], page


def test_programs_are_refused_in_json_even_at_the_door(site: Site) -> None:
    for status, ask in AT_THE_DOOR:
        answered, headers = headers_of(site, ask)
        assert (answered, headers["content-type"]) == (status, "application/json"), ask.told()


def test_what_programs_read_is_not_indexed(site: Site) -> None:
    for page, told in (
        (b"/api/v1/roadmaps", "noindex"),
        (b"/api/v1/nowhere", "noindex"),
        (b"/", None),
    ):
        assert headers_of(site, Ask(target=page))[1].get("x-robots-tag") == told, page


def test_files_may_be_kept_by_anybody(site: Site) -> None:
    _, headers = headers_of(site, Ask(target=b"/static/css/cairn.css"))
    assert "private" not in headers["cache-control"]
