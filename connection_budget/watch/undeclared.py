"""Connections to the server that this process opened past Django: the cap does not know them.

They are seen as the system sees them: sockets of this process that lead to where its own lead.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

from connection_budget.cap.limits import counted_aliases, has_counted
from connection_budget.cap.process import cap_of
from connection_budget.conf import get_role, get_role_name
from connection_budget.deadlines.severing import socket_of
from connection_budget.logs import get_logger
from connection_budget.metrics.db import UNDECLARED

log = get_logger(__name__)

# Samples between two looks.
EVERY = 10

# Linux, and macOS.
_FILES = next(filter(Path.is_dir, map(Path, ("/proc/self/fd", "/dev/fd"))), None)


def count_undeclared(own: psycopg.Connection[Any]) -> int:
    """How many sockets lead to the server of `own`, the sampler's, beside it, the counted ones and
    those that the role declares as `extra_connections`. 0 where sockets cannot be listed, or where
    Django's own backend is used, whose connections nobody counts.

    One that is just being opened or closed may be missed, and is never one too many: places are
    taken before there is a socket, and left after it is gone.
    """
    if not has_counted():
        return 0
    places = sum(cap_of(alias).count() for alias in counted_aliases())
    declared = max(get_role().kind.extra_connections - 1, 0)
    return max(len(_sockets_like(own.fileno())) - 1 - places - declared, 0)


def _sockets_like(file: int) -> set[int]:
    """The inodes of this process's sockets with that one's other end. A copy is the same socket."""
    other_end = _other_end(file)
    if _FILES is None or other_end is None:
        return set()
    found = set()
    for number in _open_files(_FILES):
        with suppress(OSError):  # closed meanwhile
            if _other_end(number) == other_end:
                found.add(os.fstat(number).st_ino)
    return found


def _open_files(folder: Path) -> list[int]:
    """Of this process; none where they may not be listed, or no descriptor is left to do it with:
    what is looked at beside this goes on."""
    try:
        return [int(listed.name) for listed in folder.iterdir()]
    except OSError:
        return []


def _other_end(file: int) -> object:
    """None where it is no socket, or leads nowhere."""
    try:
        end = socket_of(os.dup(file))
    except OSError:
        return None
    with end, suppress(OSError):
        return end.getpeername() or None
    return None


class UndeclaredWatch:
    """Counts now and then, for it looks at every open file, and tells what two looks have seen."""

    def __init__(self, every: int = EVERY) -> None:
        self._every = every
        self._left = 0
        self._before = self._told = 0

    def look(self, own: psycopg.Connection[Any] | None) -> None:
        self._left -= 1
        if own is None or self._left > 0:
            return
        found = count_undeclared(own)
        seen_twice, self._before = min(found, self._before), found
        # What is new is looked at again with the next sample.
        self._left = self._every if seen_twice == found else 1
        UNDECLARED.set(seen_twice)
        if seen_twice > self._told:
            log.warning(
                "db_undeclared_connections",
                role=get_role_name(),
                found=seen_twice,
                remedy="Open them through Django, or declare them: RoleKind(extra_connections=…).",
            )
        self._told = seen_twice
