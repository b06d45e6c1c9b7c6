"""What a server may send at most, and how what it sent is read without being harmed by it. Pure."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from generation.port.characters import whole_characters

# Of an answer that is not streamed, unpacked, and of one line of a stream. The longest that is
# asked for, 32,000 tokens with every letter escaped, takes a fifth of it.
MOST_BYTES = 4 * 2**20
# Of text in one answer. What follows looks at all of it, some of that in the event loop.
MOST_CHARACTERS = 250_000
# Of a whole stream: each piece of a word comes in an envelope of some hundred bytes.
MOST_STREAMED_BYTES = 64 * 2**20
# Of what a server says of a failure; the rest is left unread.
MOST_ERROR_BYTES = 64 * 2**10
# Braces, brackets, commas and colons: a value each, which costs far more memory than its bytes.
MOST_PARTS = 200_000
# A number that counts anything of ours is shorter.
MOST_DIGITS = 15


class WireFault(Exception):
    """What came is no answer. Its text is for operators."""


class TooLarge(WireFault):
    """More than any answer is, or made of more parts."""


class Unreadable(WireFault):
    """It broke off, or is no JSON."""


class NotAServer(WireFault):
    """A web page, or whatever else lives at an address where no model does."""


class Conceded(WireFault):
    """The server refused how it was asked; it will be asked otherwise."""


# What some declare and mean; many declare the first of them and send UTF-8. Codecs of other kinds
# are none of a server's business.
_OTHER_CHARSETS = re.compile(
    r"iso-?8859-\d{1,2}|latin-?1|(?:windows-|cp)125\d|gbk|gb2312|gb18030|big5|shift[_-]jis"
    r"|euc-(?:jp|kr)|koi8-[ru]",
    re.IGNORECASE,
)


def read_json(raw: bytes, charset: str = "") -> Any:
    """`charset`: what the server says that it writes in, believed where it is not UTF-8. Raises
    TooLarge or Unreadable."""
    if sum(raw.count(sign) for sign in (b"{", b"[", b",", b":")) > MOST_PARTS:
        raise TooLarge(f"more than {MOST_PARTS} values")
    try:
        return json.loads(
            _decode(raw, charset),
            strict=False,
            parse_int=_whole_number,
            parse_constant=lambda _name: None,
        )
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"no JSON: {shown(raw)}") from error


def _decode(raw: bytes, charset: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        is_other = _OTHER_CHARSETS.fullmatch(charset[:20]) is not None
    try:
        return raw.decode(charset if is_other else "utf-8-sig", "replace")
    except LookupError:
        return raw.decode("utf-8-sig", "replace")


def _whole_number(digits: str) -> int | float:
    return int(digits) if len(digits) <= MOST_DIGITS else math.inf


def shown(raw: bytes, most: int = 200) -> str:
    """The beginning of what came, for people."""
    return whole_characters(" ".join(raw[:most].decode("utf-8", "replace").split()))


def count_of(value: Any) -> int:
    """What a server counted, however it wrote that down; 0 for what is no number of anything."""
    if isinstance(value, str) and len(value) <= MOST_DIGITS:
        try:
            value = float(value)
        except ValueError:
            return 0
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return 0
    return int(value) if 0 <= value < 10**9 else 0
