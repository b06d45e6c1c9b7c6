"""What the model server of the tests is sent: read from its socket, and what it asks for."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass
class Received:
    """A request, and what became of it. Times are the server's monotonic clock's."""

    at: float
    body: dict[str, Any]
    key: str
    query: str = ""
    purpose: str = ""
    fault: str = ""
    is_cut_off: bool = False
    status: int = 0
    answered_at: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0

    @property
    def max_tokens(self) -> int:
        """Whatever the field is called."""
        return int(self.body.get("max_tokens") or self.body["max_completion_tokens"])

    @property
    def text(self) -> str:
        """All the words of the prompt."""
        return "\n".join(str(message.get("content")) for message in self.body["messages"])

    @property
    def roles(self) -> list[str]:
        return [str(message["role"]) for message in self.body["messages"]]

    @property
    def schema(self) -> dict[str, Any] | None:
        form = self.body.get("response_format") or {}
        if form.get("type") == "json_schema":
            return dict(form["json_schema"]["schema"])
        if form.get("type") == "json_object":
            return schema_in(self.text)
        if tools := self.body.get("tools"):
            return dict(tools[0]["function"]["parameters"])
        return schema_in(self.text) if '"properties"' in self.text else None


def schema_in(text: str) -> dict[str, Any]:
    """The schema that a prompt spells out."""
    decoder = json.JSONDecoder()
    for opening in re.finditer(r"\{", text):
        try:
            found, _ = decoder.raw_decode(text, opening.start())
        except ValueError:
            continue
        if isinstance(found, dict) and "properties" in found:
            return found
    raise AssertionError("a JSON object is asked for, and no schema is told")


async def receive(reader: asyncio.StreamReader) -> tuple[str, Received]:
    """The next request of a connection, and the path it came to."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    headers = dict(_headers(head))
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    path, _, query = head.split(" ", 2)[1].partition("?")
    request = Received(
        at=time.monotonic(),
        body=json.loads(body or b"{}"),
        key=headers.get("authorization", "").removeprefix("Bearer "),
        query=query,
    )
    return path, request


def _headers(head: str) -> Iterator[tuple[str, str]]:
    for line in head.split("\r\n")[1:]:
        name, colon, value = line.partition(": ")
        if colon:
            yield name.lower(), value
