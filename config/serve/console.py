"""One readable log: every line says whose it is, in a colour of its own on a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

OURS = "serve"
RESET = b"\x1b[0m"


class Console:
    def __init__(self, names: Iterable[str]) -> None:
        self._width = max(len(name) for name in names)
        coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self._colours = {
            name: b"\x1b[3%dm" % (2 + place % 5) if coloured else b""
            for place, name in enumerate(names)
        }

    def say(self, text: str) -> None:
        self.write(OURS, text.encode())

    def write(self, name: str, line: bytes) -> None:
        colour = self._colours.get(name, b"")
        label = name.ljust(self._width).encode() + b" | "
        out = sys.stdout.buffer
        out.write(colour + label + (RESET if colour else b"") + line.rstrip(b"\r") + b"\n")
        out.flush()
