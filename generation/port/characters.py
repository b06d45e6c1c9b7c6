"""Half characters (lone surrogates), which JSON can tell and no encoding has; and NUL. Pure."""

from __future__ import annotations

import re

_HALF = re.compile("[\ud800-\udfff]")
HALF_CHARACTER = "it holds half a character (a lone surrogate, such as half an emoji)"


def whole_characters(text: str) -> str:
    """With a replacement character for each half of one, and for each NUL, which no database
    takes. For what is shown or sent, not for what is judged."""
    return _HALF.sub("\ufffd", text).replace("\x00", "\ufffd")


# Where Windows-1252 and Latin-1 differ: what stands for which byte.
_BYTES = {
    ord(bytes([byte]).decode("cp1252")): byte
    for byte in range(0x80, 0xA0)
    if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}


def mend_encoding(text: str) -> str:
    """What was written in UTF-8, and read as Latin-1 by somebody on its way: “cafÃ©”. Where all of
    it can have come about so, it has; a text that only shows such a thing holds others, too."""
    if text.isascii():
        return text
    try:
        return text.translate(_BYTES).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def escape_halves(text: str) -> str:
    """A JSON text that can be encoded. Its halves are still faults of it."""
    return _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def has_half(text: str) -> bool:
    return _HALF.search(text) is not None
