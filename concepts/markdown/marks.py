"""What we make ourselves of a text, put in after it was sanitised. Pure.

In the text stands a random mark instead, which nobody who wrote it can know. So what the sanitiser
lets through stays as small as it is, and nothing of ours is ever read from what somebody wrote.
"""

from __future__ import annotations

import re
import secrets


class Marks:
    def __init__(self) -> None:
        self._name = f"mark{secrets.token_hex(16)}x"
        self._made: list[str] = []

    def put(self, made: str) -> str:
        """The mark that stands for what we made, until `fill`."""
        self._made.append(made)
        return f"{self._name}{len(self._made) - 1}x"

    def fill(self, sanitised: str) -> str:
        """Once each: what is put in is not looked through."""
        mark = re.compile(rf"{self._name}(\d{{1,9}})x")
        return mark.sub(lambda found: self._made[int(found[1])], sanitised)
