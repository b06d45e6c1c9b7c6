"""A part of a benchmark in a process of its own, as it is in a fleet."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

import django
from django.utils.module_loading import import_string

_SPAWN = multiprocessing.get_context("spawn")


@contextmanager
def apart(path: str, *arguments: Any) -> Iterator[Any]:
    """What `path`, a function, sends first through the connection that it is given last. Its
    process ends with the block."""
    ours, theirs = _SPAWN.Pipe()
    process = _SPAWN.Process(target=_begin, args=(path, *arguments, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join(10)


def _begin(path: str, *arguments: Any) -> None:
    django.setup()
    import_string(path)(*arguments)


def stay(telling: Connection, told: object) -> None:
    """Tell it, and live until the block ends."""
    telling.send(told)
    telling.poll(None)
