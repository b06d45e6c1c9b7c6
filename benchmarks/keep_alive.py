"""One connection to a server, kept: what is asked over it costs the server no new ones."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from types import TracebackType
from typing import NamedTuple, Self


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class KeepAlive:
    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def __enter__(self) -> Self:
        self._connection.connect()
        self._socket = self._connection.sock
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def get(self, path: str, headers: Mapping[str, str]) -> Answer:
        self._connection.request("GET", path, headers=dict(headers))
        answer = self._connection.getresponse()
        body = answer.read()
        assert self._connection.sock is self._socket, "the server closed the connection"
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, told, body)
