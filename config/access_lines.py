"""What servers tell of requests: by its parts, for it is told in the event loop.

Nothing is looked for in an address that anybody can send: what may hold a secret is left out.
"""

from __future__ import annotations

import logging

LONGEST_PATH = 300
LONGEST_PART = 60
_HTTP = '%s - "%s %s HTTP/%s" %d'
_WEB_SOCKET = '%s - "WebSocket %s" '


def tell_access(record: logging.LogRecord, given: object) -> str | None:
    """The line for a request, short and without its query; None for what tells of none.

    `given` are the record's arguments.
    """
    if not record.name.startswith("uvicorn.") or not isinstance(given, tuple):
        return None
    message, parts = str(record.msg), list(given)
    place = 2 if message == _HTTP else 1 if message.startswith(_WEB_SOCKET) else None
    if place is None or len(parts) <= place:
        return None
    told = [part if isinstance(part, int) else str(part)[:LONGEST_PART] for part in parts]
    told[place] = _without_query(str(parts[place]))
    return message % tuple(told)


def _without_query(address: str) -> str:
    path, query, _ = address.partition("?")
    shown = path if len(path) <= LONGEST_PATH else f"{path[:LONGEST_PATH]}…"
    return f"{shown}?…" if query else shown
