"""Answers that are no stream: one, a list of pieces, or a piece a line. Pure."""

from __future__ import annotations

from typing import Any

from generation.providers.gateway.bounds import NotAServer, Unreadable, read_json, shown

# How a body may be packed for it to have been unpacked on its way here.
_UNPACKED = {"", "identity", "gzip", "deflate"}


def read_whole(raw: bytes, charset: str = "", packing: str = "") -> list[Any]:
    """What was sent, piece by piece. Raises TooLarge, Unreadable and NotAServer."""
    if not raw.strip():
        raise Unreadable("an empty answer (does LLM_BASE_URL end as the server asks, in /v1?)")
    if raw.lstrip()[:1] not in {b"{", b"["}:
        if packing.casefold() not in _UNPACKED:
            raise Unreadable(f"packed in a way that nobody asked for (Content-Encoding: {packing})")
        raise NotAServer(f"it begins with {shown(raw)}")
    try:
        body = read_json(raw, charset)
    except Unreadable:
        lines = raw.split(b"\n")
        if not all(line.lstrip()[:1] in {b"{", b""} for line in lines):
            raise
        return [read_json(line, charset) for line in lines if line.strip()]
    return body if isinstance(body, list) and body else [body]
