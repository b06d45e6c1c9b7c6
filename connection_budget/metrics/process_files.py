"""The metrics of many processes in one directory: who is alive, and what the dead have left.

prometheus_client writes a file a process and kind. Pids repeat between containers and are used
again, so each process names itself by host, pid and a random part, and holds a lock on a file of
that name: the kernel lets go of it in the moment the process dies, however it dies. The gauges of
the dead vanish with the next look; their counters are added up in one file a kind, so the directory
does not grow with every worker that is replaced.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prometheus_client.mmap_dict import MmapedDict

# How long the directory's lock is waited for. It is held for milliseconds.
LOCK_SECONDS = 0.25

_FOLDED = "folded"
_KINDS = ("counter", "histogram")


class ProcessFiles:
    """One directory, shared by all processes of a host or of a volume."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._identity = ""
        self._alive: int | None = None

    @property
    def entered(self) -> bool:
        return self._alive is not None

    def identity(self) -> str:
        """The name of this process, part of its files' names: no underscore in it."""
        return self._identity

    def enter(self) -> None:
        """Make this process known, and clear up after the dead. Raises OSError."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        host = platform.node().replace("_", "-").replace("/", "-")
        self._identity = f"{host}-{os.getpid()}-{secrets.token_hex(4)}"
        with self._locked() as locked:
            flags = os.O_CREAT | os.O_RDWR | os.O_CLOEXEC
            self._alive = os.open(self._life_of(self._identity), flags, 0o600)
            fcntl.flock(self._alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if locked:
                self._sweep()

    def forget_parent(self) -> None:
        """In a forked child: its parent's life is not its own, and must not be prolonged."""
        if self._alive is not None:
            os.close(self._alive)
        self._alive, self._identity = None, ""

    @contextmanager
    def reading(self) -> Iterator[list[Path]]:
        """The files to be added up; they stay as they are while the block runs."""
        with self._locked() as locked:
            if locked:
                self._sweep()
            dead = set() if locked else self._dead()
            yield [
                file
                for file in self._files()
                if file.stat().st_size and not (_is_gauge(file) and _owner(file) in dead)
            ]

    def _sweep(self) -> None:
        """With the lock: add the counters of the dead to the folded ones, remove their files."""
        self._finish_folding()
        dead = self._dead()
        left = [file for file in self._files() if _owner(file) in dead]
        if left:
            self._fold([file for file in left if not _is_gauge(file)], left)
        for identity in dead:
            self._life_of(identity).unlink(missing_ok=True)

    def _fold(self, counters: list[Path], remove: list[Path]) -> None:
        """New sums first, then a note of what they replace: a crash at any point adds nothing."""
        kinds = [kind for kind in _KINDS if any(_kind(file) == kind for file in counters)]
        for kind in kinds:
            before = self._folded(kind)
            sources = [file for file in counters if _kind(file) == kind]
            _add_up([*([before] if before.exists() else []), *sources], self._new(kind))
        note = {"replace": kinds, "remove": [file.name for file in remove]}
        draft = self.path / "folding.new"
        draft.write_text(json.dumps(note))
        draft.replace(self._note)
        self._finish_folding()

    def _finish_folding(self) -> None:
        if self._note.exists():
            note = json.loads(self._note.read_text())
            for kind in note["replace"]:
                with suppress(FileNotFoundError):
                    self._new(kind).replace(self._folded(kind))
            for name in note["remove"]:
                (self.path / name).unlink(missing_ok=True)
            self._note.unlink()
        for kind in _KINDS:
            self._new(kind).unlink(missing_ok=True)

    def _dead(self) -> set[str]:
        known = {_owner(file) for file in self._files()} - {_FOLDED}
        known |= {file.stem for file in self.path.glob("*.alive")}
        return {identity for identity in known if not self._lives(identity)}

    def _lives(self, identity: str) -> bool:
        try:
            life = os.open(self._life_of(identity), os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            # Shared: two who look at once must not take each other for the process.
            fcntl.flock(life, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(life)
        return False

    @contextmanager
    def _locked(self) -> Iterator[bool]:
        """Whether the directory is ours for the block. Nobody waits for long: not for a frozen
        process, and not in an event loop."""
        give_up_at = time.monotonic() + LOCK_SECONDS
        lock = os.open(self.path / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            while not (locked := _try_lock(lock)) and time.monotonic() < give_up_at:
                time.sleep(0.002)
            yield locked
        finally:
            os.close(lock)

    def _files(self) -> list[Path]:
        return sorted(self.path.glob("*.db"))

    def _life_of(self, identity: str) -> Path:
        return self.path / f"{identity}.alive"

    def _folded(self, kind: str) -> Path:
        return self.path / f"{kind}_{_FOLDED}.db"

    def _new(self, kind: str) -> Path:
        return self.path / f"{kind}_{_FOLDED}.new"

    @property
    def _note(self) -> Path:
        return self.path / "folding.json"


def _kind(file: Path) -> str:
    return file.name.split("_", 1)[0]


def _owner(file: Path) -> str:
    return file.stem.rsplit("_", 1)[-1]


def _is_gauge(file: Path) -> bool:
    return _kind(file) == "gauge"


def _try_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _add_up(sources: list[Path], target: Path) -> None:
    sums: dict[str, float] = {}
    for source in sources:
        if not source.stat().st_size:  # died before its first value
            continue
        for key, value, *_ in MmapedDict.read_all_values_from_file(str(source)):  # type: ignore[no-untyped-call]
            sums[key] = sums.get(key, 0.0) + value
    target.unlink(missing_ok=True)
    folded = MmapedDict(str(target))  # type: ignore[no-untyped-call]
    for key, value in sums.items():
        folded.write_value(key, value, 0.0)  # type: ignore[no-untyped-call]
    folded.close()  # type: ignore[no-untyped-call]
