"""What logs and stored results must not hold. Pure; the secrets to look for are handed in.

Anybody can bring texts into a log, and a line is often made in an event loop: so texts are cut
first, and whatever looks through them goes forward once, from one name to the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from config.shortening import MAX_HEAD, MAX_TAIL, shorten

REDACTED = "[redacted]"
LEFT_OUT = "…"
# Shorter ones would be found in ordinary words.
SHORTEST_KNOWN_SECRET = 8
_DEEPEST = 6
# Each value takes as long to look at as so many characters.
_COST_OF_A_VALUE = 100
_LONGEST_NAME = 200
# How far behind the end of its line a quotation mark may close.
_LONGEST_QUOTE = 1_000

# `tokens_in` counts what a model read: a number, no secret.
_SECRET_NAME = re.compile(
    r"api[ _-]?key|(?:access|private|secret|signing)[_-]?key|passw(?:or)?d|pass(?:phrase|code)|pwd"
    r"|secret|credential|authorization|cookie|session[_-]?id|token(?!s)",
    re.IGNORECASE,
)
_URL_USER = re.compile(r"(?<=://)[^\s/?#\"'<>]*@")
# A header's value goes to the end of its line.
_HEADER = re.compile(
    r"\b((?:proxy-)?authorization|(?:set-)?cookie)(\\*['\"]?\s*:\s*)[^\r\n]+", re.IGNORECASE
)
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE)
# How the keys of model servers begin, and the signed tokens of everybody.
_KEY_BY_ITS_LOOKS = re.compile(
    r"\b(?:(?:sk|xai|pplx|nvapi)-|gsk_|hf_|AIza|eyJ)[\w-]{8,}(?:\.[\w-]{4,}){0,2}"
)
_REST_OF_NAME = re.compile(r"[\w-]*")
# In a URL that stands in another one, `=` and `:` are written %3D and %3A.
_ASSIGNS = re.compile(r"\\*['\"]?\s*(?:[:=]|%3[AaDd])\s*")
# Where a name so begins, its value may stand behind a space, as that of a command's option, or
# behind a comma, as in a pair.
_BEGINNINGS = (
    (re.compile(r"(?<![\w-])--[\w-]*\Z"), re.compile(r"[ =]+")),
    (re.compile(r"[(\[][bBuU]?\\*['\"][\w-]*\Z"), re.compile(r"\\{0,31}['\"]\s{0,9},\s{0,9}")),
)
_LONGEST_BEGINNING = 40
_QUOTES = re.compile(r"[bBrRuU]{0,2}(\\*['\"])")
_BRACKETS = {"[": "]", "(": ")", "{": "}"}
# YAML's marks for a text in the lines below.
_BLOCK = re.compile(r"[|>][-+\d]{0,2}[ \t]*\n(?:[ \t]+[^\n]*\n?)+")
# A sign that may end it does not where a word goes on.
_BARE = re.compile(r"(?:[^\s,;&)}\]'\"\\]|\\(?!['\"])|[,;)}\]'\"](?=\w))+")


def redact_text(text: str, known: Iterable[str] = ()) -> str:
    """The text without `known` secrets and without what looks like one; cut where it is long."""
    known = tuple(known)
    text = remove_known(shorten(text, known), known)
    text = _URL_USER.sub(f"{REDACTED}@", text)
    text = _HEADER.sub(rf"\1\2{REDACTED}", text)
    text = _BEARER.sub(rf"\1 {REDACTED}", text)
    text = _KEY_BY_ITS_LOOKS.sub(REDACTED, text)
    return _redact_values(text)


def remove_known(text: str, known: Iterable[str]) -> str:
    for secret in known:
        text = text.replace(secret, REDACTED)
    return text


def _redact_values(text: str) -> str:
    parts, after = [], 0
    for start, end in _named_values(text):
        parts += [text[after:start], REDACTED]
        after = end
    return "".join([*parts, text[after:]])


def _named_values(text: str) -> Iterator[tuple[int, int]]:
    """Where the values begin and end that stand behind a name which says that they are secret."""
    place = 0
    while name := _SECRET_NAME.search(text, place):
        place = _end_of(_REST_OF_NAME, text, name.end())
        start = _start_of_value(text, name.start(), place)
        if start is None or text.startswith(REDACTED, start):
            continue
        place = _end_of_value(text, start)
        if place > start:
            yield start, place


def _start_of_value(text: str, name_start: int, name_end: int) -> int | None:
    if assigns := _ASSIGNS.match(text, name_end):
        return assigns.end()
    before = text[max(name_start - _LONGEST_BEGINNING, 0) : name_start]
    for beginning, separator in _BEGINNINGS:
        if beginning.search(before) and (separates := separator.match(text, name_end)):
            return separates.end()
    return None


def _end_of(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found else start


def _end_of_value(text: str, start: int) -> int:
    if quotes := _QUOTES.match(text, start):
        return _closing(text, quotes[1], quotes.end(), behind=_LONGEST_QUOTE)
    if bracket := _BRACKETS.get(text[start : start + 1]):
        return _closing(text, bracket, start)
    return max(_end_of(_BLOCK, text, start), _end_of(_BARE, text, start))


def _closing(text: str, mark: str, start: int, *, behind: int = 0) -> int:
    """Behind the mark that closes what was opened; the end of the line where none does."""
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    place = text.find(mark, start, line_end + behind)
    # With a backslash more it is part of what stands there.
    while place > 0 and text[place - 1] == "\\":
        place = text.find(mark, place + 1, line_end + behind)
    return line_end if place < 0 else place + len(mark)


@dataclass
class _Room:
    """What is looked into of one event or result: values, and the characters in them."""

    left: int = 100_000

    def take(self, value: object) -> bool:
        """Whether there was room for it."""
        size = len(value) if isinstance(value, str) else 0
        has_room = self.left > 0
        self.left -= min(size, MAX_HEAD + MAX_TAIL) + _COST_OF_A_VALUE
        return has_room


def redact(
    value: Any, known: Iterable[str] = (), *, depth: int = 0, room: _Room | None = None
) -> Any:
    """Plain data without secrets; what is none becomes its `repr`, and what is too much “…”."""
    room = room or _Room()
    if not room.take(value):
        return LEFT_OUT
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return redact_text(value, known)
    if depth < _DEEPEST and isinstance(value, Mapping):
        return redact_items(value, known, depth=depth + 1, room=room)
    if depth < _DEEPEST and isinstance(value, list | tuple | set | frozenset):
        return [redact(item, known, depth=depth + 1, room=room) for item in value]
    return redact_text(repr(value), known)


def redact_items(
    items: Mapping[Any, Any],
    known: Iterable[str] = (),
    *,
    depth: int = 0,
    room: _Room | None = None,
) -> dict[str, Any]:
    """A mapping whose values are redacted where their names ask for it, and inside."""
    room = room or _Room()
    return {
        str(name): REDACTED
        if value and _SECRET_NAME.search(str(name)[:_LONGEST_NAME])
        else redact(value, known, depth=depth, room=room)
        for name, value in items.items()
    }
