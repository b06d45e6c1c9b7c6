"""What a call costs in processor time, and how that grows with the length of its text."""

from __future__ import annotations

import contextlib
import gc
import signal
import sys
from collections.abc import Callable, Iterator
from math import log10
from time import thread_time
from typing import Any

LONG = 100_000
# What takes less cannot be told from chance, and stops nobody.
FLOOR_SECONDS = 0.027
MOST_GROWTH = 1.3
TRIES, ROUNDS = 3, 4
LOOP_SECONDS, THREAD_SECONDS = 0.2, 2.0

# Makes a text of so many characters; what it returns is measured.
Run = Callable[[int], Callable[[], object]]


class TooLong(BaseException):
    """Raised inside of what is measured; nobody's `except Exception` is in the way."""


def find_fault(run: Run, *, most_seconds: float, longest: int = LONG) -> str | None:
    """How a call is too slow, in words; None where it is not.

    A fault is looked at again: what else a machine does is no fault of the call.
    """
    for _ in range(ROUNDS):
        fault = _look_once(run, most_seconds, longest)
        if fault is None:
            return None
    return fault


def _look_once(run: Run, most_seconds: float, longest: int) -> str | None:
    """What is quick with a third of the text cannot be slow with all of it, but for a growth that
    would show already."""
    if _once(run, longest // 3, most_seconds) < FLOOR_SECONDS / 9:
        return None
    shorter = _least(run, longest // 10, most_seconds)
    seconds = _once(run, longest, most_seconds * 2)
    if _judge(seconds, shorter, most_seconds, longest) is None:
        return None
    seconds = min(seconds, _least(run, longest, most_seconds))
    return _judge(seconds, shorter, most_seconds, longest)


def _judge(seconds: float, shorter: float, most_seconds: float, longest: int) -> str | None:
    if seconds > most_seconds:
        return f"{seconds:.2f} s for {longest} characters; {most_seconds} s are the most"
    growth = log10(seconds / max(shorter, 1e-6))
    if seconds > FLOOR_SECONDS and growth > MOST_GROWTH:
        return f"{shorter:.4f} s for a tenth of it, {seconds:.3f} s for all: exponent {growth:.2f}"
    return None


def _least(run: Run, length: int, most_seconds: float) -> float:
    least = most_seconds * 2
    for _ in range(TRIES):
        least = min(least, _once(run, length, least))
        if least < FLOOR_SECONDS / 9:
            break
    return least


def _once(run: Run, length: int, most_seconds: float) -> float:
    measured, started = run(length), thread_time()
    with contextlib.suppress(TooLong), _without_collector(), _no_longer_than(most_seconds):
        started = thread_time()
        with contextlib.suppress(Exception):
            measured()
        return thread_time() - started
    return max(thread_time() - started, most_seconds)


@contextlib.contextmanager
def _no_longer_than(seconds: float) -> Iterator[None]:
    """Ends what runs, regular expressions included, after so much processor time."""

    def stop(_number: int, _frame: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        raise TooLong

    told, sys.unraisablehook = sys.unraisablehook, _tell_but_for_ends
    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, max(seconds, 0.01))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, signal.SIG_IGN)
        sys.unraisablehook = told


def _tell_but_for_ends(unraisable: sys.UnraisableHookArgs) -> None:
    """A library that calls us back may not pass on what is raised there."""
    if not isinstance(unraisable.exc_value, TooLong):
        sys.__unraisablehook__(unraisable)


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def longest_c_call(run: Run, length: int, *, least: float = 0.0) -> tuple[float, str]:
    """The longest that a single call holds the interpreter: no other thread runs meanwhile.

    Nothing is looked for in what is over in less than `least` seconds.
    """
    if least and _once(run, length, 2 * THREAD_SECONDS) < least:
        return 0.0, ""
    longest, begun, measured = (0.0, ""), [0.0], run(length)

    def watch(_frame: object, event: str, called: Any) -> None:
        nonlocal longest
        if event == "c_call":
            begun[0] = thread_time()
        elif event in {"c_return", "c_exception"}:
            name = getattr(called, "__qualname__", repr(called))
            longest = max(longest, (thread_time() - begun[0], name))

    with _without_collector():
        sys.setprofile(watch)
        try:
            with contextlib.suppress(Exception):
                measured()
        finally:
            sys.setprofile(None)
    return longest
