"""Errors that come where an answer should be, under a status that says that all is well. Pure."""

from __future__ import annotations

import json
import re
from typing import Any

from generation.characters import whole_characters
from generation.providers.gateway.bounds import count_of
from generation.providers.gateway.envelopes import choice_of

MOST_SAID = 2_000
# Where the error itself names no status: what its code or words are about, the first that fits.
_KINDS = (
    (401, r"(invalid|incorrect|missing|wrong|expired|no).{0,20}(api.?key|token|credential)"),
    (401, r"unauthori[sz]ed|unauthenticated|authentication"),
    (
        402,
        r"insufficient.{0,20}(quota|balance|funds|credit)|payment.?required|billing|out of credit",
    ),
    (402, r"(credit|balance|quota).{0,40}(too low|exhausted|used up|empty|exceeded)|余额不足|欠费"),
    (403, r"forbidden|permission|access.?denied|not allowed to"),
    (404, r"model.{0,60}(not.?found|does not exist|unknown)|no such model|unknown model"),
    (429, r"rate.?limit|too.?many.?requests|throttl|slow down"),
    (503, r"overload|over capacity|unavailable|try again later|loading model|timed? ?out"),
    (400, r"invalid.?request|bad.?request|not support|unsupported|context.?length|system role"),
)
_STATUS_FIELDS = ("status", "status_code", "statusCode", "http_status", "code")
_WORDS_FIELDS = ("message", "msg", "detail", "status_msg", "error_msg", "error", "reason", "title")
# What nobody knows how to take passes, as a rule.
UNKNOWN = 502


def find_error(body: Any) -> tuple[int, dict[str, Any]] | None:
    """The status that should have been sent, and what the server said; None for an answer."""
    if isinstance(body, list):
        body = next((part for part in body if isinstance(part, dict)), {})
    if not isinstance(body, dict):
        return None
    choice = choice_of(body)
    error = _error_in(body, choice)
    if error is None:
        return None
    if not isinstance(error, dict):
        error = {"message": _words(error)}
    around = body if choice is None else {}
    return status_of(error, around), told(error, around)


def _error_in(body: dict[str, Any], choice: dict[str, Any] | None) -> Any:
    if choice is not None:
        return body.get("error") or choice.get("error")
    for name in ("error", "errors", "base_resp", "detail"):
        if found := body.get(name):
            return found[0] if isinstance(found, list) and name == "errors" else found
    if any(isinstance(body.get(name), str) for name in ("message", "msg", "error_msg")):
        return body
    return None


def status_of(error: dict[str, Any], around: dict[str, Any]) -> int:
    for place in (error, around):
        for name in _STATUS_FIELDS:
            if 400 <= (status := count_of(place.get(name))) < 600:
                return status
    said = told(error, around)["error"]
    text = " ".join(str(part) for part in said.values() if part).replace("_", " ")
    for status, words in _KINDS:
        if re.search(words, text, re.IGNORECASE):
            return status
    return UNKNOWN


def told(error: dict[str, Any], around: dict[str, Any]) -> dict[str, Any]:
    """In the form that everybody knows."""
    words = next((_words(error[name]) for name in _WORDS_FIELDS if error.get(name)), "")
    code = error.get("code") or around.get("code") or error.get("status_code")
    kind = error.get("type") or around.get("type") or error.get("status")
    said = words or _words(error)
    return {"error": {"message": said, "code": _name(code), "type": _name(kind)}}


def _name(value: Any) -> str | None:
    return _words(value)[:100] if value and isinstance(value, str | int | float) else None


def _words(value: Any) -> str:
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError):
        text = "something that cannot be shown"
    return whole_characters(text[:MOST_SAID])


class SaidError(Exception):
    """An error in the midst of an answer. Never the last word: it is told by its status."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(str(body))
        self.status, self.body = status, body
