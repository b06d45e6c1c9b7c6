"""No more web processes under one parent than the role declares, whichever server starts them.

Each holds a lock on a file for as long as it lives; there are as many files as places.
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

from connection_budget.budget.refusal import BudgetRefused
from connection_budget.budget.roles import Role
from connection_budget.logs import get_logger

LOOK_SECONDS = 0.05

log = get_logger(__name__)

# The process whose place it is (a fork's child has none yet), and the file that is locked.
_held: dict[int, int] = {}


def take_process_place(role: Role, *, seconds: float) -> None:
    """Once in a process. Raises `BudgetRefused` where its siblings are as many as are declared.

    Whoever finds no place waits so long for one: a process that is replaced may still be going.
    """
    if os.getpid() in _held:
        return
    try:
        files = [_open(name) for name in _names(role)]
    except OSError as error:
        log.warning("web_processes_not_counted", reason=str(error))
        return
    taken = _lock_one(files, time.monotonic() + seconds)
    for file in files:
        if file != taken:
            os.close(file)
    if taken is None:
        raise BudgetRefused(
            f"Process {os.getpid()} would be one more than the {role.per_instance} of the role "
            f"{role.name} ({role.variable('processes')} = {role.processes}, "
            f"{role.variable('instances')} = {role.instances}) beside its siblings. Start the "
            f"server with {role.per_instance}, or raise {role.variable('processes')}."
        )
    _held[os.getpid()] = taken


def _names(role: Role) -> list[Path]:
    """By project, role and parent: siblings are counted together."""
    place = settings.DATABASES[DEFAULT_DB_ALIAS]
    said = (settings.SETTINGS_MODULE, *(place.get(key) for key in ("HOST", "PORT", "NAME")))
    project = hashlib.sha256(repr(said).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"connection-budget-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} is somebody else's")
    stem = f"{project}-{role.name}-{os.getppid()}"
    return [folder / f"{stem}-{number}" for number in range(role.per_instance)]


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _lock_one(files: list[int], until: float) -> int | None:
    while True:
        for file in files:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            return file
        if time.monotonic() >= until:
            return None
        time.sleep(LOOK_SECONDS)
