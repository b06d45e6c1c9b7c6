"""The keeper: a detached process that runs one server until its last user has left.

    python -m config.embedded.keeper SERVICE STATE LOCK_DESCRIPTOR [MAX_CONNECTIONS]

It inherits the keeper lock and ends with it. It waits without waking up: one thread blocks on the
users lock, one on the server lock, signals come in between; each only puts an event on a queue.
"""

import contextlib
import os
import signal
import sys
import threading
import time
from collections import deque
from pathlib import Path
from queue import SimpleQueue

from config.embedded import Postgres, Redis, locks
from config.embedded.errors import EmbeddedServiceError
from config.embedded.privileges import make_socket_directory, server_account
from config.embedded.server import Server, SupervisedService
from config.embedded.system import make_home

NOBODY_LEFT = "nobody uses it any more"
TOLD_TO_STOP = "told to stop"
SERVER_DIED = "server died"
# A server that dies more often than that will not be cured by one more start.
RESTARTS = 3
RESTARTS_SECONDS = 60


class Keeper:
    """Runs one server; `keep` returns when it has stopped."""

    def __init__(self, service: SupervisedService) -> None:
        self.service = service
        self.events: SimpleQueue[str] = SimpleQueue()
        self.account = server_account(service.paths.data)
        self.server = Server(service, self.account, lambda: self.events.put(SERVER_DIED))
        self.restarts: deque[float] = deque(maxlen=RESTARTS)

    def keep(self) -> None:
        signal.signal(signal.SIGTERM, lambda *_: self.events.put(TOLD_TO_STOP))
        users = locks.open_lock(self.service.paths.users)
        make_home(self.service.paths, self.account)
        make_socket_directory(self.service.paths.socket_directory, self.account)
        try:
            self.server.adopt_or_start()
            threading.Thread(target=self._watch_users, args=(users,), daemon=True).start()
            self._supervise()
        finally:
            self.server.stop()
            self._remove_sockets()

    def _watch_users(self, users: int) -> None:
        """Never released: whoever joins now waits until this process has ended."""
        locks.wait_for_lock(users)
        self.events.put(NOBODY_LEFT)

    def _supervise(self) -> None:
        while (event := self.events.get()) == SERVER_DIED:
            if not self.server.gone.is_set():
                # An adopted one that was stopping already; another was started since.
                continue
            report(f"the {self.service.name} server died")
            self._assert_worth_restarting()
            self.server.start()
        report(f"stopping {self.service.name}: {event}")

    def _assert_worth_restarting(self) -> None:
        now = time.monotonic()
        if len(self.restarts) == RESTARTS and now - self.restarts[0] < RESTARTS_SECONDS:
            raise EmbeddedServiceError(f"the server died {RESTARTS + 1} times within a minute")
        self.restarts.append(now)

    def _remove_sockets(self) -> None:
        with contextlib.suppress(OSError):
            self.server.clear_sockets()
            self.service.paths.socket_directory.rmdir()


def report(text: str) -> None:
    stamp = time.strftime("%Y-%m-%d %H:%M:%S")
    print(f"{stamp} keeper[{os.getpid()}]: {text}", file=sys.stderr, flush=True)


def detach(keeper_lock: int) -> None:
    """From the process that started us (it need not reap us), its directory and its signals."""
    if os.fork():
        os._exit(0)
    os.chdir("/")
    os.umask(0o077)
    os.pwrite(keeper_lock, str(os.getpid()).encode(), 0)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for ignored in (signal.SIGINT, signal.SIGHUP):
        # Not SIG_IGN, which the server would inherit.
        signal.signal(ignored, lambda *_: None)


def main(name: str, state: str, keeper_lock: str, *arguments: str) -> None:
    detach(int(keeper_lock))
    service = make_service(name, Path(state), *arguments)
    try:
        Keeper(service).keep()
    except Exception as error:  # noqa: BLE001 - nobody else will say what went wrong
        report(f"giving up: {error!r}")
        service.paths.error.write_text(str(error))
    # Ends at once, whatever the threads wait for; the locks go with the process.
    os._exit(0)


def make_service(name: str, state: Path, *arguments: str) -> SupervisedService:
    if name == Redis.name:
        return Redis(state)
    return Postgres(state, *map(int, arguments))


if __name__ == "__main__":
    main(*sys.argv[1:])
