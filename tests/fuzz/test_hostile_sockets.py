"""Web sockets that do as they please: an unknown address, odd heads, frames that say nothing."""

from __future__ import annotations

import base64
import os
import socket
import struct

import pytest

from generation.models import GenerationRun
from tests.fuzz.conftest import Site
from tests.learning.library import make_ready

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

HEAD, REFUSED = b"HTTP/1.1 101 ", b"HTTP/1.1 4"
TEXT, BINARY, CLOSE, PING, CONTINUED = 0x81, 0x82, 0x88, 0x89, 0x80
FRAMES = {
    "no UTF-8": (TEXT, b"\xff\xfe\xfd"),
    "half an emoji": (TEXT, b"\xed\xa0\x80"),
    "no JSON": (TEXT, b"{"),
    "nothing": (TEXT, b""),
    "binary": (BINARY, b"\x00" * 100),
    "a continuation of nothing": (CONTINUED, b"x"),
    "a close with half a code": (CLOSE, b"\x03"),
    "a close with a code of nobody's": (CLOSE, struct.pack("!H", 999)),
    "a long ping": (PING, b"x" * 300),
    "reserved bits": (0xF1, b"x"),
    "an unknown kind": (0x83, b"x"),
}
HEADERS = [
    b"Origin: http://[::", b"Origin: \xff", b"Origin: http://localhost:x", b"Origin: null", b"Origin: ",
    b'Cookie: sessionid="\\000abcdefgh"', b"Cookie: sessionid=\xff\xfe", b"Cookie: \xff=\xff; ;;=",
    b"Sec-WebSocket-Protocol: \xff", b"Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99",
    b"X-Forwarded-For: \xff, [::", b"Host: \xff", b"Sec-WebSocket-Version: 99", b"Sec-WebSocket-Key: \xff",
]  # fmt: skip
NO_TEXT = ["/ws/\xff", "/\xed\xa0\x80", "/ws/runs/\x80/?\xfe"]
PATHS = [
    "/ws/", "/ws/nothing/", "/nowhere", "/", "/ws/runs/x/", "/ws/runs/%00/", "/ws/runs/" + "0" * 3_000 + "/",
    "/ws/runs/00000000-0000-0000-0000-000000000000/", "/ws/runs/00000000-0000-0000-0000-000000000000/?x=%00&y=%FF",
]  # fmt: skip


@pytest.fixture
def run(transactional_db: None) -> GenerationRun:
    return make_ready()


def dial(site: Site, path: str, *headers: bytes) -> socket.socket:
    given = {line.split(b":")[0].lower() for line in headers}
    own = [
        b"Host: localhost",
        b"Connection: Upgrade",
        b"Upgrade: websocket",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)),
        b"Origin: http://localhost",
    ]
    lines = [
        b"GET %s HTTP/1.1" % path.encode("latin-1"),
        *(line for line in own if line.split(b":")[0].lower() not in given),
        *headers,
    ]
    line = socket.create_connection(("127.0.0.1", site.port), timeout=30)
    line.sendall(b"\r\n".join(lines) + b"\r\n\r\n")
    return line


def head_of(site: Site, path: str, *headers: bytes) -> bytes:
    with dial(site, path, *headers) as line:
        return line.recv(4_096)


def assert_unharmed(site: Site) -> None:
    assert site.is_up()
    assert site.complaints() == []


def test_a_socket_whose_address_is_no_text_is_hung_up_on(site: Site) -> None:
    heads = {path: head_of(site, path) for path in NO_TEXT}
    assert [one for one in heads.items() if one[1] and not one[1].startswith(REFUSED)] == []
    assert_unharmed(site)


def frame(kind: int, content: bytes, *, masked: bool = True) -> bytes:
    mask = os.urandom(4) if masked else b""
    length = len(content)
    size = bytes([length]) if length < 126 else b"\x7e" + struct.pack("!H", length)
    hidden = (
        bytes(byte ^ mask[place % 4] for place, byte in enumerate(content)) if masked else content
    )
    return bytes([kind, size[0] | (0x80 if masked else 0)]) + size[1:] + mask + hidden


def read_all(line: socket.socket) -> bytes:
    """What comes until the server hangs up."""
    read = b""
    try:
        while chunk := line.recv(65_536):
            read += chunk
    except ConnectionError:
        pass
    return read


def test_a_socket_to_nowhere_is_refused(site: Site) -> None:
    refusals = (b"HTTP/1.1 403 ", b"HTTP/1.1 404 ", b"HTTP/1.1 400 ")
    heads = {path: head_of(site, path) for path in PATHS}
    assert [one for one in heads.items() if not one[1].startswith(refusals)] == []
    assert_unharmed(site)


def test_a_socket_with_odd_headers_is_opened_or_refused(site: Site, run: GenerationRun) -> None:
    path = f"/ws{run.get_absolute_url()}"
    heads = {header: head_of(site, path, header) for header in HEADERS}
    assert [one for one in heads.items() if one[1] and not one[1].startswith((HEAD, REFUSED))] == []
    assert_unharmed(site)


@pytest.mark.parametrize("way", ["masked", "bare", "with the good-bye"])
def test_a_frame_that_says_nothing_ends_at_most_its_socket(
    site: Site, run: GenerationRun, way: str
) -> None:
    bye = frame(CLOSE, struct.pack("!H", 1000))
    for name, (kind, content) in FRAMES.items():
        sent = frame(kind, content, masked=way != "bare")
        with dial(site, f"/ws{run.get_absolute_url()}") as line:
            assert line.recv(4_096).startswith(HEAD), name
            for piece in [sent + bye] if way == "with the good-bye" else [sent, bye]:
                line.sendall(piece)
            read_all(line)
        assert site.is_up(), name
        assert site.complaints() == [], name


def test_nobody_has_the_server_keep_a_long_message(site: Site, run: GenerationRun) -> None:
    """It is told by its head alone that there is too much to come."""
    with dial(site, f"/ws{run.get_absolute_url()}") as line:
        assert line.recv(4_096).startswith(HEAD)
        line.sendall(bytes([TEXT, 0xFF]) + struct.pack("!Q", 15 * 1024 * 1024) + bytes(4))
        assert read_all(line)[2:4] == struct.pack("!H", 1009)
    assert_unharmed(site)
