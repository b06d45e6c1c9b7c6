"""One role of `make serve`: its process, its output, and when it may start again."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field

from config.serve.lifeline import lifeline

FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 30.0


@dataclass
class Child:
    """A role's script, in a session of its own: Ctrl-C reaches the supervisor alone."""

    name: str
    command: list[str]
    environment: dict[str, str]
    started: bool = False
    process: subprocess.Popen[bytes] | None = None
    starts_at: float = 0.0
    delay: float = FIRST_DELAY_SECONDS
    _started_at: float = 0.0
    _rest: bytes = field(default=b"", repr=False)

    def start(self) -> None:
        self._started_at = time.monotonic()
        self._rest = b""
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self.environment,
            start_new_session=True,
            # The supervisor has no threads, and nothing else works where it is killed. Workers
            # then save what they have; web must leave its port to the next start at once.
            preexec_fn=lifeline(signal.SIGKILL if self.name == "web" else signal.SIGTERM),  # noqa: PLW1509 - see above
        )
        os.set_blocking(self.output, False)

    @property
    def output(self) -> int:
        assert self.process is not None
        assert self.process.stdout is not None
        return self.process.stdout.fileno()

    def died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def lines(self) -> list[bytes]:
        """The complete lines it has written since the last call."""
        try:
            self._rest += os.read(self.output, 65536)
        except BlockingIOError:
            return []
        *lines, self._rest = self._rest.split(b"\n")
        return lines

    def ask_to_stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)

    def clean_up(self) -> int:
        """End what the main process left behind (or, if it still runs, also that); its status."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        status = self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None
        return status

    def postpone(self) -> float:
        """Choose when it starts again: soon at first, later when it keeps dying; the seconds."""
        if time.monotonic() - self._started_at > LONGEST_DELAY_SECONDS:
            self.delay = FIRST_DELAY_SECONDS
        delay, self.delay = self.delay, min(2 * self.delay, LONGEST_DELAY_SECONDS)
        self.starts_at = time.monotonic() + delay
        return delay
