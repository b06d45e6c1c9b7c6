"""What using processes do: join a server, starting it when nobody runs it, and leave it.

A user holds a shared lock on `<service>.users`. Whoever finds `<service>.keeper` free takes that
lock and hands it, locked, to a detached keeper process (keeper.py), which runs the server until it
gets `<service>.users` for itself: then nobody is left. As a user takes its lock first, no keeper
can be in its stopping phase while somebody joins.
"""

import atexit
import os
import subprocess
import sys
import threading
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from signal import SIGTERM, Signals
from typing import ClassVar

from config.embedded import locks
from config.embedded.errors import EmbeddedServiceError
from config.embedded.paths import ServicePaths, locate, prepare_state
from config.embedded.processes import command_line

# What to send, and the seconds it may take until the next.
StopSignals = tuple[tuple[Signals, float], ...]

KEEPER = "config.embedded.keeper"
START_SECONDS = 60
STOP_SECONDS = 10
LOG_LINES_IN_ERRORS = 12
# One older log is kept beside it.
LOG_BYTES = 10_000_000


@dataclass(frozen=True)
class Membership:
    """Our shared lock. A forked child inherits the descriptor, but is no member itself."""

    users_lock: int
    pid: int


_memberships: dict[tuple[str, Path], Membership] = {}
_mutex = threading.Lock()


@dataclass(frozen=True)
class Service(ABC):
    """A server of one checkout. `state` is the checkout's `.cairn` directory."""

    state: Path
    name: ClassVar[str]
    title: ClassVar[str]
    remedy: ClassVar[str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "state", Path(os.path.realpath(self.state)))

    @cached_property
    def paths(self) -> ServicePaths:
        """Once: a keeper must find its way even after somebody removed the checkout."""
        return locate(self.state, self.name)

    @property
    @abstractmethod
    def url(self) -> str:
        """Known before anything is started."""

    @abstractmethod
    def running(self) -> bool:
        """Whether the server accepts connections now."""

    def keeper_arguments(self) -> list[str]:
        return []

    def start_notice(self) -> str:
        """Told on stderr when this start takes longer than usual."""
        return ""

    def join(self) -> None:
        """Returns when the server accepts connections. Once per process, however often called."""
        key = (self.name, self.state)
        with _mutex:
            known = _memberships.get(key)
            if known is not None and known.pid == os.getpid():
                return
            _memberships[key] = Membership(self._join(), os.getpid())
            atexit.register(self._leave_at_exit)

    def leave(self) -> None:
        """The last one out waits (10 s at most) until the server has stopped."""
        key = (self.name, self.state)
        with _mutex:
            known = _memberships.get(key)
            if known is None or known.pid != os.getpid():
                return
            del _memberships[key]
            atexit.unregister(self._leave_at_exit)
            os.close(known.users_lock)
            if self.state.is_dir():
                self._await_stop()

    def _leave_at_exit(self) -> None:
        # Ctrl-C while the last user waits: the keeper stops the server all the same.
        with suppress(KeyboardInterrupt):
            self.leave()

    def stop(self) -> bool:
        """Stops the server even if somebody uses it. False when there was nothing to stop."""
        if not self.state.is_dir():
            return False
        self._adopt_orphan()
        if not locks.is_locked(self.paths.keeper):
            return False
        keeper = self._keeper_pid()
        if KEEPER not in command_line(keeper):
            return False
        os.kill(keeper, SIGTERM)
        if not locks.wait_until_free(self.paths.keeper, seconds=2 * STOP_SECONDS):
            raise self._failure(f"it did not stop within {2 * STOP_SECONDS} s")
        return True

    def _join(self) -> int:
        prepare_state(self.state)
        try:
            users_lock = locks.take_lock(self.paths.users, shared=True, seconds=START_SECONDS)
        except TimeoutError:
            raise self._failure("the one before it does not end") from None
        try:
            self._await_start()
        except BaseException:
            # Ctrl-C too: a caller that lives on must not keep a server it did not get.
            os.close(users_lock)
            raise
        return users_lock

    def _await_start(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        spawned = False
        while True:
            keeper_lock = locks.try_lock(self.paths.keeper)
            if keeper_lock is None:
                if self.running():
                    return
            elif spawned:
                os.close(keeper_lock)
                raise self._failure(self._last_words())
            else:
                self._spawn_keeper(keeper_lock)
                spawned = True
            if time.monotonic() > deadline:
                raise self._failure(f"no connection within {START_SECONDS} s")
            time.sleep(locks.POLL_SECONDS)

    def _spawn_keeper(self, keeper_lock: int) -> None:
        """Gives the lock away as it is: between our test and its life there is no gap."""
        if notice := self.start_notice():
            print(notice, file=sys.stderr)
        os.ftruncate(keeper_lock, 0)
        self.paths.error.unlink(missing_ok=True)
        self._rotate_log()
        root = str(Path(__file__).parents[2])
        environment = dict(os.environ)
        environment["PYTHONPATH"] = os.pathsep.join(
            filter(None, (root, environment.get("PYTHONPATH")))
        )
        command = [sys.executable, "-m", KEEPER, self.name, str(self.state)]
        try:
            with self.paths.log.open("ab") as log:
                # Ends as soon as the keeper has detached from it.
                subprocess.run(
                    [*command, str(keeper_lock), *self.keeper_arguments()],
                    pass_fds=(keeper_lock,),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    cwd=root,
                    env=environment,
                    check=False,
                )
        finally:
            os.close(keeper_lock)

    def _rotate_log(self) -> None:
        log = self.paths.log
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))

    def _await_stop(self) -> None:
        """Returns at once when others remain, or join meanwhile."""
        deadline = time.monotonic() + STOP_SECONDS
        while not self._others_remain() and time.monotonic() < deadline:
            self._adopt_orphan()
            if not locks.is_locked(self.paths.keeper):
                return
            time.sleep(locks.POLL_SECONDS)

    def _others_remain(self) -> bool:
        """Asked under a lock, so that of two who leave together the second knows it is the last."""
        leaving = locks.take_lock(self.paths.leaving, seconds=STOP_SECONDS)
        try:
            alone = locks.try_lock(self.paths.users)
            if alone is not None:
                os.close(alone)
                return False
            # Either there are other users, or the keeper has noticed already and is stopping.
            shared = locks.try_lock(self.paths.users, shared=True)
            if shared is not None:
                os.close(shared)
            return shared is not None
        finally:
            os.close(leaving)

    def _adopt_orphan(self) -> None:
        """A killed keeper leaves its server behind; a new one adopts it, and so can stop it."""
        keeper_lock = locks.try_lock(self.paths.keeper)
        if keeper_lock is None:
            return
        if locks.is_locked(self.paths.server):
            self._spawn_keeper(keeper_lock)
        else:
            os.close(keeper_lock)

    def _keeper_pid(self) -> int:
        """The keeper writes it as soon as it has detached, milliseconds after it got the lock."""
        deadline = time.monotonic() + STOP_SECONDS
        while not (text := self.paths.keeper.read_text()):
            if time.monotonic() > deadline:
                raise self._failure("its keeper does not tell its pid")
            time.sleep(locks.POLL_SECONDS)
        return int(text)

    def _last_words(self) -> str:
        try:
            return self.paths.error.read_text().strip()
        except FileNotFoundError:
            return "its keeper died"

    def _failure(self, reason: str) -> EmbeddedServiceError:
        try:
            lines = self.paths.log.read_text(errors="replace").splitlines()
        except OSError:
            lines = []
        tail = "".join(f"\n    {line}" for line in lines[-LOG_LINES_IN_ERRORS:])
        return EmbeddedServiceError(
            f"{self.title} cannot be used: {reason}\n{self.remedy}\nLog: {self.paths.log}{tail}"
        )
