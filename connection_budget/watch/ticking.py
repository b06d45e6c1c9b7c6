"""A thread that does one thing every so often until it is told to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable

STOP_SECONDS = 1.0


class Ticker:
    """Calls `tick` at once and then every `seconds`. `tick` handles its own errors."""

    def __init__(self, name: str, seconds: float, tick: Callable[[], object]) -> None:
        self._seconds = seconds
        self._tick = tick
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> bool:
        """Whether the thread is over. It may wait for a server, and is then not waited for."""
        self._stopping.set()
        self._thread.join(STOP_SECONDS)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._tick()
            self._stopping.wait(self._seconds)
