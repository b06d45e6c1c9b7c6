"""Sessions in the database, by keys as we make them and no others."""

from __future__ import annotations

from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions

_LENGTH = 32


class SessionStore(DatabaseSessions):
    """A cookie may hold anything; PostgreSQL refuses some of it (NUL) with an error."""

    def _validate_session_key(self, key: str | None) -> bool:
        return key is not None and len(key) == _LENGTH and set(key) <= set(VALID_KEY_CHARS)
