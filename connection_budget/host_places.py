"""Places that the processes of one host share: who has one holds a lock on a file while it lives.

The system lets go of the lock of whoever is killed. Processes that see another TMPDIR, or are
another user's, count for themselves.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS

LOOK_SECONDS = 0.05


class HostPlace:
    """Free again when nobody has this object any more, or the process ends.

    It is never unlocked: a forked child has a copy of its parent's file, and to unlock one is to
    unlock both.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            os.close(self._file)

    def lock(self) -> bool:
        """Whether nobody else had it."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def take_host_place(name: str, number: int, *, seconds: float) -> HostPlace | None:
    """Wait so long for one of the project's `number` places of that name; None: there was none.

    Raises `OSError` where no files can be had.
    """
    places = [HostPlace(path) for path in _paths(name, number)]
    until = time.monotonic() + seconds
    while True:
        for place in places:
            if place.lock():
                return place
        if time.monotonic() >= until:
            return None
        time.sleep(LOOK_SECONDS)


def _paths(name: str, number: int) -> list[Path]:
    database = settings.DATABASES[DEFAULT_DB_ALIAS]
    said = (settings.SETTINGS_MODULE, *(database.get(key) for key in ("HOST", "PORT", "NAME")))
    project = hashlib.sha256(repr(said).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"connection-budget-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} is somebody else's")
    return [folder / f"{project}-{name}-{index}" for index in range(number)]
