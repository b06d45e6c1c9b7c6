"""Asking the person at the terminal."""

from __future__ import annotations

import sys

YES = {"y", "yes"}


def is_meant(title: str) -> bool:
    """Whether they meant this one; no where nobody is there to answer."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    sys.stderr.write(f"Nobody has written that yet. Did you mean “{title}”? [y/N] ")
    sys.stderr.flush()
    try:
        return sys.stdin.readline().strip().casefold() in YES
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return False
