"""Starts the roles, passes on what they say, restarts what dies, and stops everything in order."""

from __future__ import annotations

import selectors
import signal
import time
from collections.abc import Callable, Collection
from types import FrameType

from config.serve.child import Child
from config.serve.console import Console
from config.serve.roles import STARTED, STOP_ORDER, WORKER_STARTED

TICK_SECONDS = 0.2
# So long the address waits for the last worker to say that it has started.
PATIENCE_SECONDS = 30.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """`answers` tells whether the web port serves; then, once, `announcement` is printed."""

    def __init__(
        self,
        children: Collection[Child],
        console: Console,
        *,
        answers: Callable[[], bool],
        announcement: str,
    ) -> None:
        self._children = children
        self._console = console
        self._answers = answers
        self._announcement = announcement
        self._announced = False
        self._stopping = False
        self._began = time.monotonic()
        self._outputs = selectors.DefaultSelector()

    def run(self) -> None:
        """Until SIGINT, SIGTERM or SIGHUP. Nothing is left running, whatever happens."""
        for number in SIGNALS:
            signal.signal(number, self._ask_to_stop)
        try:
            while not self._stopping:
                self._start_due()
                self._pass_on_output()
                self._restart_dead()
                self._announce()
        finally:
            self._stop_in_order()

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _start_due(self) -> None:
        for child in self._children:
            if child.process is None and time.monotonic() >= child.starts_at:
                child.start()
                self._outputs.register(child.output, selectors.EVENT_READ, child)

    def _pass_on_output(self, seconds: float = TICK_SECONDS) -> None:
        for key, _events in self._outputs.select(seconds):
            self._write_lines(key.data)

    def _write_lines(self, child: Child) -> None:
        for line in child.lines():
            child.started |= STARTED.get(child.name, WORKER_STARTED) in line
            self._console.write(child.name, line)

    def _restart_dead(self) -> None:
        for child in self._children:
            if child.died():
                status, seconds = self._clean_up(child), child.postpone()
                self._console.say(
                    f"{child.name} ended ({_describe(status)}); it starts again in {seconds:g} s"
                )

    def _announce(self) -> None:
        if self._announced:
            return
        waited = time.monotonic() - self._began > PATIENCE_SECONDS
        if (waited or all(child.started for child in self._children)) and self._answers():
            self._pass_on_output()  # the line about our own question; the address comes last
            self._console.say(self._announcement)
            self._announced = True

    def _stop_in_order(self) -> None:
        for names, seconds in STOP_ORDER:
            self._stop([child for child in self._children if child.name in names], seconds)

    def _stop(self, children: list[Child], seconds: float) -> None:
        """Ask, wait, insist."""
        give_up_at = time.monotonic() + seconds
        for child in children:
            child.ask_to_stop()
        while running := [child for child in children if child.process is not None]:
            self._pass_on_output(0.05)
            for child in running:
                if child.died() or time.monotonic() > give_up_at:
                    self._clean_up(child)

    def _clean_up(self, child: Child) -> int:
        self._write_lines(child)
        self._outputs.unregister(child.output)
        return child.clean_up()


def _describe(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"exit status {status}"
