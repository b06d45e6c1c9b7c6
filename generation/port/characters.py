"""Half characters (lone surrogates), which JSON can tell and no encoding has; and NUL. Pure."""

from __future__ import annotations

import re

_HALF = re.compile("[\ud800-\udfff]")
HALF_CHARACTER = "it holds half a character (a lone surrogate, such as half an emoji)"


def whole_characters(text: str) -> str:
    """With a replacement character for each half of one, and for each NUL, which no database
    takes. For what is shown or sent, not for what is judged."""
    return _HALF.sub("\ufffd", text).replace("\x00", "\ufffd")


def escape_halves(text: str) -> str:
    """A JSON text that can be encoded. Its halves are still faults of it."""
    return _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def has_half(text: str) -> bool:
    return _HALF.search(text) is not None
