"""The text of an answer, out of its pieces. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from generation.providers.gateway.bounds import MOST_CHARACTERS

# Characters that are no chance where a piece begins with them, as all before it did.
REPEATED = 8


@dataclass
class Texts:
    """Some servers tell with each piece all that came before, too, and some the whole once more at
    the end: that is said once."""

    length: int = 0
    _pieces: list[str] = field(default_factory=list)
    _last: str = ""
    # Each piece has begun with the one before it.
    _all_repeat: bool = True

    def add(self, text: str) -> None:
        if not text:
            return
        self._all_repeat = self._all_repeat and text.startswith(self._last)
        self._last = text
        self._pieces.append(text)
        self.length += len(text)
        if self.length > MOST_CHARACTERS and self._all_repeat:
            self._pieces, self.length = [text], len(text)

    def joined(self) -> str:
        before, last = "".join(self._pieces[:-1]), self._last
        is_whole = self._all_repeat or last.strip().startswith(before.strip())
        return last if is_whole and len(before.strip()) >= REPEATED else before + last
