"""/var/lib/cairn, used as root only: data out of root's closed directories, copies of binaries.

bin/<name>/         binaries the system user can execute; root's, readable by all
<instance id>/      root's; the group of the system user may enter
    checkout        the state directory this belongs to, as JSON
    postgres/ redis/  the data, the system user's alone
"""

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

from config.embedded import locks
from config.embedded.errors import EmbeddedServiceError
from config.embedded.paths import SYSTEM_DIRECTORY, ServicePaths, names_instance, replace
from config.embedded.privileges import Account

# Copying 30 MB takes a tenth of a second; a slow disk may need longer.
LOCK_SECONDS = 30
# Between moving a checkout and using it where it is now.
MOVING_SECONDS = 7 * 24 * 3600


def make_home(paths: ServicePaths, account: Account) -> None:
    """The directory of this checkout's data, and a link to it where people look for it."""
    if os.geteuid() != 0:
        return
    lock = lock_system_directory()
    try:
        paths.home.mkdir(mode=0o750, exist_ok=True)
        os.chown(paths.home, 0, account.gid)
        paths.home.chmod(0o750)
        replace(paths.home / "checkout", json.dumps(str(paths.state)))
        collect_garbage()
    finally:
        os.close(lock)
    _link(paths.state / paths.service, paths.data)


def lock_system_directory() -> int:
    SYSTEM_DIRECTORY.mkdir(mode=0o755, parents=True, exist_ok=True)
    status = SYSTEM_DIRECTORY.stat()
    if status.st_uid != 0 or status.st_mode & 0o022:
        raise EmbeddedServiceError(
            f"{SYSTEM_DIRECTORY} must be root's and writable by root alone."
            f" Look at what it is, then run `chown root {SYSTEM_DIRECTORY}` and `chmod 755` it."
        )
    # mkdir's mode is cut by the umask; the system user must get through.
    SYSTEM_DIRECTORY.chmod(0o755)
    return locks.take_lock(SYSTEM_DIRECTORY / ".lock", seconds=LOCK_SECONDS)


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def collect_garbage() -> None:
    """Removes the data of checkouts that were deleted, unless a server still runs on it.

    Not at once: a checkout that was moved is missing as well, until it is next used.
    """
    for home in SYSTEM_DIRECTORY.iterdir():
        if home.is_dir() and home.name != "bin" and not _is_wanted(home):
            shutil.rmtree(home, ignore_errors=True)


def _is_wanted(home: Path) -> bool:
    record = home / "checkout"
    try:
        state = Path(json.loads(record.read_text()))
        recent = time.time() - record.stat().st_mtime < MOVING_SECONDS
    except (OSError, ValueError):
        recent = named = False
    else:
        named = names_instance(state, home.name)
    return recent or named or any(locks.is_locked(server) for server in home.glob("*.server"))


def installed_copy(name: str, copy: Callable[[Path], None]) -> Path:
    """`bin/<name>`, filled by `copy` on first use; a kill in between leaves only a draft."""
    target = SYSTEM_DIRECTORY / "bin" / name
    if target.is_dir():
        return target
    lock = lock_system_directory()
    try:
        if not target.is_dir():
            target.parent.mkdir(exist_ok=True)
            target.parent.chmod(0o755)
            for leftover in target.parent.glob(".draft-*"):
                shutil.rmtree(leftover, ignore_errors=True)
            draft = Path(mkdtemp(prefix=".draft-", dir=target.parent))
            copy(draft)
            _open_to_all(draft)
            draft.rename(target)
    finally:
        os.close(lock)
    return target


def _open_to_all(tree: Path) -> None:
    """The modes of the source depend on the umask of whoever ran pip."""
    tree.chmod(0o755)
    for path in tree.rglob("*"):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
