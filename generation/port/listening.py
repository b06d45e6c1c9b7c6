"""Hearing an answer while it is being written. Pure."""

from __future__ import annotations

from typing import Protocol


class Listener(Protocol):
    """Whoever wants to know what a call in flight has said so far.

    A provider is given one beside what it is to write, `provider.write(kind, brief, listener)`, and
    hands it to the call whose text a person may read along. The port's other side makes something
    of it: see `generation/live/telling.py`, which paces it and keeps to one thread of work.
    """

    def said(self, text: str) -> None:
        """All of the answer so far, as it came: thoughts, marks and fences included; nothing of it
        is checked, and none of it may be stored.

        Told with every piece, at the end only by a server that cannot stream. A text that does not
        begin like the one before is another one: the call was repeated, or its answer sent
        back. Never waits, never raises.
        """


class Nobody:
    """Nobody listens."""

    def said(self, text: str) -> None:
        """Nothing is made of it."""


NOBODY = Nobody()
