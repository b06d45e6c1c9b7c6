"""HTTP as bytes: what a well-behaved client could not even be told to send."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass, field

# A token of the older form is the secret itself: cookie and header need only be the same.
SECRET = "a" * 32
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
Headers = list[tuple[bytes, bytes]]


@dataclass
class Ask:
    """One request; `told` is how it is named in a failure."""

    method: bytes = b"GET"
    target: bytes = b"/"
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    cookies: bytes = b""

    def to_bytes(self) -> bytes:
        named = {name.lower() for name, _ in self.headers}
        own: Headers = [
            (b"Host", b"localhost"),
            (b"Content-Length", str(len(self.body)).encode()),
            (b"X-CSRFToken", SECRET.encode()),
        ]
        cookies = b"; ".join(one for one in (b"csrftoken=" + SECRET.encode(), self.cookies) if one)
        lines = [
            b"%s %s HTTP/1.1" % (self.method, self.target),
            *(b"%s: %s" % pair for pair in own if pair[0].lower() not in named),
            *(b"%s: %s" % pair for pair in self.headers),
            *([b"Cookie: " + cookies] if b"cookie" not in named else []),
        ]
        return b"\r\n".join(lines) + b"\r\n\r\n" + self.body

    def told(self) -> str:
        return repr(self.to_bytes()[:300])


class Line:
    """A connection that is used again as long as the server lets it be."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def ask(self, ask: Ask) -> int:
        """The status; 0 where the server hung up without one."""
        for _ in range(2):
            fresh = self._socket is None
            try:
                return self._ask(ask)
            except ConnectionError:
                self.close()
                if fresh:
                    return 0
        return 0

    def _ask(self, ask: Ask) -> int:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=60)
        self._socket.sendall(ask.to_bytes())
        head = self._read_until(b"\r\n\r\n")
        found = _STATUS.match(head)
        if found is None:
            raise ConnectionResetError
        status, length = int(found[1]), _LENGTH.search(head)
        if ask.method == b"HEAD" or status in {204, 304}:
            rest = 0
        elif length is None:
            # To its end: chunks are not worth reading here.
            self.close()
            return status
        else:
            rest = int(length[1]) - (len(head) - head.index(b"\r\n\r\n") - 4)
        while rest > 0:
            chunk = self._socket.recv(min(rest, 65_536))
            if not chunk:
                break
            rest -= len(chunk)
        if b"connection: close" in head.lower() or status >= 400:
            self.close()
        return status

    def _read_until(self, mark: bytes) -> bytes:
        assert self._socket is not None
        read = b""
        while mark not in read:
            chunk = self._socket.recv(65_536)
            if not chunk:
                raise ConnectionResetError
            read += chunk
        return read

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
