"""Errors that come where an answer should be, under a status that says that all is well. Pure."""

from __future__ import annotations

import json
import re
from typing import Any

from generation.port.characters import whole_characters
from generation.providers.gateway.bounds import count_of
from generation.providers.gateway.envelopes import choice_of

MOST_SAID = 2_000
# Tokens are also what a text is made of: of such nobody is refused.
_NO_KEY = (
    r"(invalid|incorrect|missing|wrong|expired|\bno\b).{0,20}(api.?key|credential"
    r"|(?<!max )(?<!stop )(?<!end )token(?!s| (at|in|position|count|limit|id)\b))"
)
# Where the error itself names no status: what its code or words are about, the first that fits.
_KINDS = (
    (401, _NO_KEY),
    (401, r"unauthori[sz]ed|(un|not )authenticated|authentication|login fail|not logged in"),
    (402, r"insufficient.{0,20}(quota|balance|funds|credit)|payment.?required|billing"),
    (402, r"(out of|no) (credit|funds)"),
    (402, r"(credit|balance|quota).{0,40}(too low|exhausted|used up|empty|exceeded)"),
    (402, r"arrear|余额不足|欠费"),
    (403, r"forbidden|permission|access.?denied|not allowed to"),
    (404, r"model.{0,60}(not.?found|does not exist|unknown(?! (error|reason)))"),
    (404, r"no such model|unknown model"),
    (429, r"rate.?limit|too.?many.?requests|throttl|slow down"),
    (503, r"overload|over capacity|unavailable|try again later|loading model|timed? ?out"),
    (400, r"invalid.?request|bad.?request|not support|unsupported|context.?length|system role"),
    (400, r"max.{0,12} tokens"),
)
_STATUS_FIELDS = ("status", "status_code", "statusCode", "http_status", "code")
# Of a body that is an error itself, or says that it has one inside.
_SAYS = ("message", "msg", "error_msg", "errorMessage", "error_message", "errmsg", "exception")
_HOLDS = ("error", "errors", "base_resp", "fault", "err", "detail")
_WORDS_FIELDS = (*_SAYS, "detail", "status_msg", "faultstring", "error", "reason", "title")
# What servers write beside an answer, or beside nothing at all, when all is well.
_WELL = {"", "ok", "success", "succeeded", "successful", "none", "null"}
GOOD_CODES = (0, "0", 200, "200")
_EMPTY_FORM = {*_SAYS, "status_msg", "type", "code", "status_code", "param"}
# An event that says how long the line is, before an answer.
_WAITING = {"queued", "pending", "waiting", "processing", "in_progress", "running", "ping"}
# What nobody knows how to take passes, as a rule.
UNKNOWN = 502
FIRST_STATUS, AFTER_STATUSES = 400, 600


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
        # A bare number is a status.
        error = {"message": _words(error), "status": count_of(error)}
    around = body if choice is None else {}
    return status_of(error, around), told(error, around)


def _error_in(body: dict[str, Any], choice: dict[str, Any] | None) -> Any:
    if choice is not None:
        found = body.get("error") or choice.get("error")
        return None if _is_well(found) else found
    folded = {name[:1].lower() + name[1:]: value for name, value in body.items()}
    for name in _HOLDS:
        if (found := folded.get(name)) and not _is_well(found):
            return found[0] if isinstance(found, list) and name == "errors" else found
    if str(folded.get("status") or folded.get("type")).casefold() in _WAITING:
        return None
    said = [folded[name] for name in _SAYS if isinstance(folded.get(name), str)]
    is_refusal = folded.get("success") is False or _told_status(folded)
    if is_refusal or any(not _is_well(words) for words in said):
        return folded
    return None


def _is_well(found: Any) -> bool:
    """MiniMax tells with each answer that its status is 0; others, an error without a word."""
    if isinstance(found, dict):
        codes = [found.get(name) for name in ("status_code", "code")]
        words = [found[name] for name in (*_SAYS, "status_msg", "type") if found.get(name)]
        is_silent = all(_is_well(said) for said in words) and not set(found) - _EMPTY_FORM
        is_good = any(code in GOOD_CODES for code in codes if code is not None)
        return is_good or (is_silent and not any(codes))
    return found is None or (isinstance(found, str) and found.strip().casefold() in _WELL)


def _told_status(body: dict[str, Any]) -> int:
    told = (count_of(body.get(name)) for name in _STATUS_FIELDS)
    return next((status for status in told if FIRST_STATUS <= status < AFTER_STATUSES), 0)


def status_of(error: dict[str, Any], around: dict[str, Any]) -> int:
    if status := _told_status(error) or _told_status(around):
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
        text = value if isinstance(value, str) else _written(value)
    except (ValueError, RecursionError):
        text = "something that cannot be shown"
    return whole_characters(text[:MOST_SAID])


def _written(value: Any) -> str:
    """As JSON, no further than anybody reads."""
    text = ""
    for part in json.JSONEncoder(ensure_ascii=False).iterencode(value):
        text += part[:MOST_SAID]
        if len(text) > MOST_SAID:
            break
    return text


class SaidError(Exception):
    """An error in the midst of an answer. Never the last word: it is told by its status."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(str(body))
        self.status, self.body = status, body
