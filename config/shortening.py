"""Texts of any length, cut to what a log line may hold. Pure.

It is cut before anything is looked for in it, and so that no half of a secret is left at a cut:
what stands there cannot be recognised any more.
"""

from __future__ import annotations

from collections.abc import Iterable

MAX_LINE = 4_000
# Of a long text the beginning says what it is, and the end of a traceback what happened.
MAX_HEAD, MAX_TAIL = 10_000, 30_000
# What is dropped before a cut where no white space says that something ends there.
_LONGEST_WORD = 256


def shorten(text: str, known: Iterable[str] = ()) -> str:
    """The text without most of very long lines, and without the middle of a very long text."""
    if len(text) > MAX_HEAD + MAX_TAIL:
        head, tail = text[:MAX_HEAD], text[-MAX_TAIL:]
        # What a line began with is cut away, and it would have said what its end is.
        _, _, tail = tail.partition("\n")
        text = f"{_end_before_a_cut(head, known)} …\n… {tail}"
    if len(text) <= MAX_LINE:
        return text
    return "\n".join(_shorten_line(line, known) for line in text.split("\n"))


def _shorten_line(line: str, known: Iterable[str]) -> str:
    if len(line) <= MAX_LINE:
        return line
    kept = _end_before_a_cut(line[:MAX_LINE], known)
    return f"{kept} … ({len(line) - len(kept)} characters more)"


def _end_before_a_cut(text: str, known: Iterable[str]) -> str:
    """Without the beginning of what may be a secret: one of ours, a word, or a URL's user."""
    text = text[: len(text) - max((_overlap(text, secret) for secret in known), default=0)]
    start = text.rfind("://")
    if start >= 0 and not any(mark in text[start + 3 :] for mark in "/?# \t\n"):
        return text[:start]
    room = len(text) - _LONGEST_WORD
    space = max(text.rfind(mark, room) for mark in " \t\n")
    return text[: space if space >= 0 else max(room, 0)]


def _overlap(text: str, secret: str) -> int:
    """How many characters of a secret's beginning the text ends with."""
    most = min(len(text), len(secret))
    return next((size for size in range(most, 0, -1) if text.endswith(secret[:size])), 0)
