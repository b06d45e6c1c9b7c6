"""How many words a prose has. Pure."""

from __future__ import annotations

import re

_IDEOGRAPH = re.compile(r"[\u3400-\u9fff\u3040-\u30ff\u0e00-\u0e7f]")


def count_words(text: str) -> int:
    """Ideographs count one each."""
    ideographs = len(_IDEOGRAPH.findall(text))
    return ideographs + len(_IDEOGRAPH.sub(" ", text).split())
