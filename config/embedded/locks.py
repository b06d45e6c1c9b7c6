"""Advisory file locks (flock): the kernel drops them when the last holder dies, however it dies."""

import fcntl
import os
import time
from pathlib import Path

POLL_SECONDS = 0.02


def open_lock(path: Path) -> int:
    """Not inheritable: an exec'd child is not a holder, a forked one is."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_lock(path: Path, *, shared: bool = False) -> int | None:
    """The locked descriptor, or None when somebody else is in the way."""
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def take_lock(path: Path, *, shared: bool = False, seconds: float) -> int:
    """Polls, because a blocking flock cannot be given a deadline. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while (descriptor := try_lock(path, shared=shared)) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{path} stayed locked for {seconds:g} s")
        time.sleep(POLL_SECONDS)
    return descriptor


def wait_for_lock(descriptor: int) -> None:
    """Blocks until the lock is ours, without waking up in between."""
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def is_locked(path: Path) -> bool:
    if not path.exists():
        return False
    descriptor = try_lock(path)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


def wait_until_free(path: Path, *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_locked(path):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True
