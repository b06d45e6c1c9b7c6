"""Joining the pieces of a stream: a token a piece, the libraries take longer than the model. Pure.

Each piece costs them a tenth of a millisecond and more; 64 streams of 80 tokens a second would
keep a processor busy with nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from generation.providers.gateway.envelopes import Said

# Text is handed on this often. Whoever reads along hears it before (`hearing.py`).
GATHER_SECONDS = 0.2


class Gathering:
    """What only says text is held for a moment; all else goes at once, after the text before it."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._due = 0.0

    def add(self, piece: Said, now: float) -> Iterator[Said]:
        """`now`: seconds of a monotonic clock. The first words are not held."""
        if piece.refusal or piece.finish or piece.calls:
            yield from self.rest()
            yield piece
            return
        self._texts.append(piece.text)
        if now >= self._due:
            self._due = now + GATHER_SECONDS
            yield from self.rest()

    def rest(self) -> Iterator[Said]:
        if text := "".join(self._texts):
            yield Said(text=text)
        self._texts.clear()
