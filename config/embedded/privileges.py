"""Who runs the servers. PostgreSQL refuses root, so root runs them as a system user."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from config.embedded.errors import EmbeddedServiceError

SYSTEM_USER = "cairn"
FALLBACK_USER = "postgres"
PASSED_ON = ("PATH", "TZ", "LD_LIBRARY_PATH")


@dataclass(frozen=True)
class Account:
    """The user a server runs as; `switch` says whether that is somebody else than we are."""

    uid: int
    gid: int
    switch: bool

    def own(self, path: Path) -> None:
        if self.switch:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def popen(
        self,
        command: Sequence[str],
        *,
        cwd: Path,
        output: int | IO[bytes],
        stdin: int = subprocess.DEVNULL,
        pass_fds: tuple[int, ...] = (),
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            cwd=cwd,
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=pass_fds,
            start_new_session=True,
            env=server_environment(),
            user=self.uid if self.switch else None,
            group=self.gid if self.switch else None,
            extra_groups=[] if self.switch else None,
        )

    def run(
        self, command: Sequence[str], *, cwd: Path, stdin: str = "", pass_fds: tuple[int, ...] = ()
    ) -> str:
        """What it said, stderr included. Raises EmbeddedServiceError with that if it failed."""
        pipe = subprocess.PIPE
        with self.popen(command, cwd=cwd, output=pipe, stdin=pipe, pass_fds=pass_fds) as process:
            said = process.communicate(stdin.encode())[0].decode(errors="replace")
        if process.returncode:
            name = Path(command[0]).name
            raise EmbeddedServiceError(f"{name} failed ({process.returncode}): {said.strip()}")
        return said


def server_environment() -> dict[str, str]:
    """Little: PGPORT and its like would change what a server does, and API keys are not for it."""
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    # macOS starts threads to find out about a locale that is not set, and PostgreSQL gives up.
    return passed_on | {"LC_ALL": "C"}


def server_account(data: Path) -> Account:
    """Existing data keeps its owner, whatever users have appeared since."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    if data.exists():
        status = data.stat()
        return Account(status.st_uid, status.st_gid, switch=True)
    entry = _find_user(SYSTEM_USER) or _create_user() or _find_user(FALLBACK_USER)
    if entry is None:
        raise EmbeddedServiceError(
            "PostgreSQL does not run as root, and no system user could be created for it."
            f" Run `useradd --system {SYSTEM_USER}`, or run this as an ordinary user."
        )
    return Account(entry.pw_uid, entry.pw_gid, switch=True)


def _find_user(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _create_user() -> pwd.struct_passwd | None:
    """Another process may be faster; then useradd fails and the user is there all the same."""
    options = ("--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent")
    shell = shutil.which("nologin") or "/bin/false"
    try:
        subprocess.run(
            ["useradd", *options, "--shell", shell, SYSTEM_USER],  # noqa: S607 - root's PATH
            check=False,
            capture_output=True,
        )
    except FileNotFoundError:
        return None
    return _find_user(SYSTEM_USER)


def make_socket_directory(path: Path, account: Account) -> None:
    """Sockets are protected by this directory (0700), so nobody else may have made it."""
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    try:
        directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise _foreign_directory(path) from error
    try:
        status = os.fstat(directory)
        if status.st_uid not in {os.geteuid(), account.uid} or status.st_mode & 0o077:
            raise _foreign_directory(path)
        os.fchown(directory, account.uid, account.gid)
    finally:
        os.close(directory)


def _foreign_directory(path: Path) -> EmbeddedServiceError:
    return EmbeddedServiceError(
        f"{path} was made by somebody else, or is open to others. Remove it; if you cannot, set"
        " TMPDIR to a private directory and remove the file `sockets` in .cairn/."
    )
