"""The lines of a stream, and what is in them, as servers really write them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from generation.providers.gateway.bounds import (
    MOST_BYTES,
    TooLarge,
    Unreadable,
    read_json,
    shown,
)

BOM = b"\xef\xbb\xbf"
LAST_LINE = b"[DONE]"
# Fields of the format that hold no answer.
_OTHER_FIELDS = (b"event:", b"id:", b"retry:")
# As in HTML, but that pages hold such lines after others.
_INDENTED = re.compile(rb"[ \t]{0,8}data ?:", re.IGNORECASE)
# One event may be written over several lines; nobody needs many.
MOST_LINES = 50
# Bytes of an error in plain words.
MOST_SAID = 2_000
# A line that ends like an event may be one line of it: it is not read again with each.
MOST_IN_VAIN = 2**20


class Events:
    """Takes bytes as they come; yields the JSON of each event, and tells when the last has come.

    What is no line of a stream is kept, for it may be a whole answer, or a web page.
    """

    def __init__(self, charset: str = "") -> None:
        self._charset = charset
        self.is_done = False
        self.any_event = False
        self.other = bytearray()
        self._line = bytearray()
        self._data: list[bytes] = []
        self._is_error = False
        # Bytes of this event that were read and were not yet all of it.
        self._in_vain = 0
        self._held = b""

    def feed(self, piece: bytes) -> Iterator[Any]:
        # A carriage return at the end may be half of a line's end.
        piece, self._held = self._held + piece, b""
        if piece.endswith(b"\r"):
            piece, self._held = piece[:-1], b"\r"
        *lines, rest = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        for line in lines:
            self._append(line)
            yield from self._take_line()
        self._append(rest)

    def end(self) -> Iterator[Any]:
        """The last line may have no end."""
        yield from self._take_line()
        yield from self._close_event()

    def _append(self, part: bytes) -> None:
        if len(self._line) + len(part) > MOST_BYTES:
            raise TooLarge(f"a line of more than {MOST_BYTES} bytes")
        self._line += part

    def _take_line(self) -> Iterator[Any]:
        line = bytes(self._line).removeprefix(BOM).removeprefix(BOM)
        self._line.clear()
        if not self.other and _INDENTED.match(line):
            name, colon, rest = line.lstrip().partition(b":")
            line = name.strip().lower() + colon + rest
        if line.startswith((b"data:", b"error:")):
            self.any_event = True
            # llama.cpp names the field so; others name the event.
            self._is_error = self._is_error or line.startswith(b"error:")
            yield from self._take_data(line.partition(b":")[2].strip())
        elif not line.strip():
            yield from self._close_event()
        elif not line.startswith((b":", *_OTHER_FIELDS)):
            self._keep(line)
        elif line.startswith(b"event:"):
            self._is_error = line[6:].strip() == b"error"

    def _keep(self, line: bytes) -> None:
        if len(self.other) + len(line) > MOST_BYTES:
            raise TooLarge(f"more than {MOST_BYTES} bytes that are no stream")
        if not self.any_event:
            self.other += line + b"\n"

    def _take_data(self, data: bytes) -> Iterator[Any]:
        """Some put each event on one line and nothing between two, so whole JSON is an event."""
        if data.removeprefix(b"data:").lstrip().startswith(LAST_LINE):
            self.is_done = True
            return
        # Of a stream that somebody put into another one.
        self._data.append(data.removeprefix(b"data:").lstrip())
        if sum(map(len, self._data)) > MOST_BYTES or len(self._data) > MOST_LINES:
            raise TooLarge("an event without an end")
        if data.endswith((b"}", b"]")) and self._in_vain < MOST_IN_VAIN:
            yield from self._read_event(must_be_whole=False)

    def _close_event(self) -> Iterator[Any]:
        if self._data:
            yield from self._read_event(must_be_whole=True)
        self._is_error = False

    def _read_event(self, *, must_be_whole: bool) -> Iterator[Any]:
        """Words such as “ping” are no event; what begins as one and is none leaves a hole."""
        joined = b"\n".join(self._data).strip()
        if not joined.startswith((b"{", b"[")):
            self._forget_event()
            if joined and self._is_error:
                yield {"error": shown(joined, MOST_SAID)}
            return
        try:
            event = read_json(joined, self._charset)
        except Unreadable:
            if must_be_whole:
                raise
            self._in_vain += len(joined)
            return
        self._forget_event()
        yield event

    def _forget_event(self) -> None:
        self._data.clear()
        self._in_vain = 0
