"""What logs and stored results must not hold. Pure; the secrets to look for are handed in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

REDACTED = "[redacted]"
# Shorter ones would be found in ordinary words.
SHORTEST_KNOWN_SECRET = 8
_DEEPEST = 6

# `tokens_in` counts what a model read: a number, no secret.
_NAME = (
    r"(?:api[_-]?key|passw(?:or)?d|passphrase|secret|credential"
    r"|authorization|cookie|token(?!s))"
)
_SECRET_NAME = re.compile(_NAME, re.IGNORECASE)
_URL_USER = re.compile(r"(?<=://)[^\s/?#\"'<>]*@")
# A header's value goes to the end of its line.
_HEADER = re.compile(
    r"\b((?:proxy-)?authorization|(?:set-)?cookie)(['\"]?\s*:\s*)[^\r\n]+", re.IGNORECASE
)
_ASSIGNMENT = re.compile(
    rf"([\w-]*{_NAME}[\w-]*['\"]?\s*[:=]\s*)(\"[^\"]*\"|'[^']*'|[^\s,;&)}}\]'\"]+)", re.IGNORECASE
)
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE)
# How the keys of model servers begin.
_MODEL_KEY = re.compile(r"\bsk-[\w-]{8,}")


def redact_text(text: str, known: Iterable[str] = ()) -> str:
    """The text without `known` secrets and without what looks like one."""
    for secret in known:
        text = text.replace(secret, REDACTED)
    text = _URL_USER.sub(f"{REDACTED}@", text)
    text = _HEADER.sub(rf"\1\2{REDACTED}", text)
    text = _BEARER.sub(rf"\1 {REDACTED}", text)
    text = _MODEL_KEY.sub(REDACTED, text)
    return _ASSIGNMENT.sub(_redact_assignment, text)


def _redact_assignment(match: re.Match[str]) -> str:
    if match[2].startswith("["):
        return match[0]  # redacted already
    return f"{match[1]}{REDACTED}"


def redact(value: Any, known: Iterable[str] = (), *, depth: int = 0) -> Any:
    """Plain data without secrets; what is no plain data becomes its `repr`."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return redact_text(value, known)
    if depth < _DEEPEST and isinstance(value, Mapping):
        return redact_items(value, known, depth=depth + 1)
    if depth < _DEEPEST and isinstance(value, list | tuple | set | frozenset):
        return [redact(item, known, depth=depth + 1) for item in value]
    return redact_text(repr(value), known)


def redact_items(
    items: Mapping[Any, Any], known: Iterable[str] = (), *, depth: int = 0
) -> dict[str, Any]:
    """A mapping whose values are redacted where their names ask for it, and inside."""
    return {
        str(name): REDACTED
        if value and _SECRET_NAME.search(str(name))
        else redact(value, known, depth=depth)
        for name, value in items.items()
    }
