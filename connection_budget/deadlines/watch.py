"""A thread that interrupts what is held past its deadline."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from connection_budget.deadlines.held import Held

# Pause between two interruptions of the same.
AGAIN_SECONDS = 0.1


class DeadlineWatch:
    """Calls `interrupt(unit)` at a unit's deadline and again until the unit is over.

    What is held otherwise is a unit here, too. The thread starts with the first. It sleeps until
    the nearest deadline it knew of, so a unit that begins and ends in between costs no wake-up.
    `interrupt` must wait for nothing, or the others are late.
    """

    def __init__(self, name: str, interrupt: Callable[[Held], object]) -> None:
        self._name = name
        self._interrupt = interrupt
        self._due: dict[Held, float] = {}
        self._wakes_at = 0.0
        self._thread: threading.Thread | None = None
        self._closed = False
        self._changed = threading.Condition()

    @contextmanager
    def watching(self, unit: Held) -> Iterator[None]:
        """Watch `unit` for as long as the block runs."""
        self.add(unit)
        try:
            yield
        finally:
            self.remove(unit)

    def close(self) -> None:
        """End the thread; nothing is watched any more."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def add(self, unit: Held) -> None:
        due = time.monotonic() + unit.deadline
        with self._changed:
            self._due[unit] = due
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name=self._name, daemon=True)
                self._thread.start()
            elif due < self._wakes_at:
                self._changed.notify()

    def remove(self, unit: Held) -> None:
        with self._changed:
            self._due.pop(unit, None)

    def _watch(self) -> None:
        while (late := self._wait_for_late_units()) is not None:
            for unit in late:
                self._interrupt(unit)

    def _wait_for_late_units(self) -> list[Held] | None:
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
