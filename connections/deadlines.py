"""A thread that interrupts units which run past their deadline."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from connections.units import Unit

AGAIN_SECONDS = 0.1
"""Pause between two interruptions of the same unit."""


class DeadlineWatch:
    """Calls `interrupt(unit)` at a unit's deadline and again until the unit is over.

    The thread starts with the first unit. It sleeps until the nearest deadline it knew of, so a
    unit that begins and ends in between costs no wake-up.
    """

    def __init__(self, name: str, interrupt: Callable[[Unit[Any]], object]) -> None:
        self._name = name
        self._interrupt = interrupt
        self._due: dict[Unit[Any], float] = {}
        self._wakes_at = 0.0
        self._thread: threading.Thread | None = None
        self._closed = False
        self._changed = threading.Condition()

    @contextmanager
    def watching(self, unit: Unit[Any]) -> Iterator[None]:
        """Watch `unit` for as long as the block runs."""
        self._add(unit)
        try:
            yield
        finally:
            with self._changed:
                del self._due[unit]

    def close(self) -> None:
        """End the thread; nothing is watched any more."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _add(self, unit: Unit[Any]) -> None:
        due = time.monotonic() + unit.deadline
        with self._changed:
            self._due[unit] = due
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name=self._name, daemon=True)
                self._thread.start()
            elif due < self._wakes_at:
                self._changed.notify()

    def _watch(self) -> None:
        while (late := self._wait_for_late_units()) is not None:
            for unit in late:
                self._interrupt(unit)

    def _wait_for_late_units(self) -> list[Unit[Any]] | None:
        """Wait until a deadline has passed; the units concerned, or None when closed."""
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                if late := [unit for unit, due in self._due.items() if due <= now]:
                    self._due.update(dict.fromkeys(late, now + AGAIN_SECONDS))
                    return late
                self._wakes_at = min(self._due.values(), default=float("inf"))
                self._changed.wait(self._wakes_at - now if self._due else None)
        return None
