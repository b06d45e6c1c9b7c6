"""Where things are: a checkout's state directory, its identity, its private socket directories.

`.cairn/` (0700) holds secrets, locks and logs. The data is in it too, except as root: then it is
in /var/lib/cairn/<instance>/, because the servers run as a system user who cannot enter `.cairn/`.
"""

import hashlib
import json
import os
import pwd
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from config.embedded.errors import EmbeddedServiceError
from config.embedded.locks import take_lock

SYSTEM_DIRECTORY = Path("/var/lib/cairn")

# sun_path holds 104 bytes on macOS and 108 on Linux, the final zero included.
SOCKET_PATH_BYTES = 103


@dataclass(frozen=True)
class ServicePaths:
    """The files of one service ("postgres" or "redis") of one checkout."""

    state: Path
    service: str
    home: Path
    socket_directory: Path

    @property
    def users(self) -> Path:
        """Locked shared by every using process for its life."""
        return self.state / f"{self.service}.users"

    @property
    def keeper(self) -> Path:
        """Locked by the keeper for its life; holds its pid."""
        return self.state / f"{self.service}.keeper"

    @property
    def leaving(self) -> Path:
        """Serialises those who leave, so that one of them knows it was the last."""
        return self.state / f"{self.service}.leaving"

    @property
    def log(self) -> Path:
        return self.state / f"{self.service}.log"

    @property
    def error(self) -> Path:
        """The last words of a keeper that failed."""
        return self.state / f"{self.service}.error"

    @property
    def data(self) -> Path:
        return self.home / self.service

    @property
    def server(self) -> Path:
        """Locked through a descriptor the server and all its children inherit: free = all gone."""
        return self.home / f"{self.service}.server"


def locate(state: Path, service: str) -> ServicePaths:
    """Creates the state directory and the identity of the checkout on first use."""
    instance = instance_id(state)
    home = SYSTEM_DIRECTORY / instance if os.geteuid() == 0 else state
    digest = hashlib.sha256(f"{instance}:{service}".encode()).hexdigest()[:12]
    sockets = socket_base(state) / f"cairn-{os.geteuid()}-{digest}"
    return ServicePaths(state, service, home, sockets)


def prepare_state(state: Path) -> None:
    """Creates the directory on first use; it has exactly one owner, ever."""
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = state.stat()
    if status.st_uid != os.geteuid():
        raise EmbeddedServiceError(
            f"{state} belongs to {_user_name(status.st_uid)} and you are"
            f" {_user_name(os.geteuid())}. Run as its owner, or remove it to start afresh."
        )
    if stat.S_IMODE(status.st_mode) != 0o700:
        state.chmod(0o700)
    if not (state / ".gitignore").exists():
        create_once(state / ".gitignore", "*\n")


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def create_once(path: Path, text: str) -> str:
    """Creates the file (0600) unless it exists; returns what it holds, whoever won the race."""
    if not path.exists():
        draft = _write_draft(path, text)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()


def replace(path: Path, text: str) -> None:
    _write_draft(path, text).replace(path)


def _write_draft(path: Path, text: str) -> Path:
    draft = path.with_name(f".{path.name}.{token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    return draft


def instance_id(state: Path) -> str:
    """Random, kept when the checkout is moved, drawn again in a copy of it (`cp -a`)."""
    prepare_state(state)
    fresh = json.dumps({"id": token_hex(8), "state": str(state)})
    instance = json.loads(create_once(state / "instance", fresh))
    if instance["state"] != str(state):
        return _claim_instance(state)
    return str(instance["id"])


def _claim_instance(state: Path) -> str:
    """Two checkouts must never share a server, so the copy gives up the identity it came with."""
    lock = take_lock(state / "instance.lock", seconds=10)
    try:
        file = state / "instance"
        instance = json.loads(file.read_text())
        elsewhere = Path(instance["state"])
        if names_instance(elsewhere, instance["id"]) and not elsewhere.samefile(state):
            instance["id"] = token_hex(8)
        replace(file, json.dumps({"id": instance["id"], "state": str(state)}))
        return str(instance["id"])
    finally:
        os.close(lock)


def names_instance(state: Path, identifier: str) -> bool:
    try:
        instance = json.loads((state / "instance").read_text())
        return bool(instance["id"] == identifier)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def socket_base(state: Path) -> Path:
    """Recorded at first use: later processes may have other XDG_RUNTIME_DIR and TMPDIR values."""
    record = state / "sockets"
    try:
        base = Path(json.loads(record.read_text()))
        if base.is_dir():
            return base
    except (OSError, ValueError, TypeError):
        pass
    base = _choose_socket_base()
    if record.exists():
        replace(record, json.dumps(str(base)))
        return base
    return Path(json.loads(create_once(record, json.dumps(str(base)))))


def _choose_socket_base() -> Path:
    """XDG_RUNTIME_DIR is closed to the system user that runs the servers of root."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and os.geteuid() != 0 and _is_private(Path(runtime)) and _is_short(Path(runtime)):
        return Path(runtime)
    for base in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - checked just below
        if _is_short(base) and _is_safe(base):
            return base
    raise EmbeddedServiceError(
        "No directory for the sockets: TMPDIR and /tmp are missing, too long, closed to others"
        " or lack the sticky bit. Set TMPDIR to a short path such as /var/tmp."
    )


def _is_private(path: Path) -> bool:
    try:
        status = path.stat()
    except OSError:
        return False
    return status.st_uid == os.geteuid() and stat.S_IMODE(status.st_mode) == 0o700


def _is_short(base: Path) -> bool:
    longest = base / f"cairn-{os.geteuid()}-{'0' * 12}" / ".s.PGSQL.5432"
    return base.is_absolute() and len(os.fsencode(longest)) <= SOCKET_PATH_BYTES


def _is_safe(base: Path) -> bool:
    """Others must not be able to rename what is ours; the user of root's servers must get in."""
    try:
        mode = base.stat().st_mode
    except OSError:
        return False
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        return False
    return os.access(base, os.W_OK) and (os.geteuid() != 0 or open_to_others(base))


def open_to_others(path: Path) -> bool:
    """Whether any user may enter every directory on the way, and the path itself."""
    return all(step.stat().st_mode & stat.S_IXOTH for step in (path, *path.parents))
