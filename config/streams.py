"""What a command writes to: any text fits, and whoever reads may have left."""

from __future__ import annotations

import codecs
import errno
import io
import json
import os
import sys
from typing import Any

ESCAPE = "cairn.escape"
# A reader who has gone, a disk that is full, a terminal that was closed.
UNWRITABLE = {errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def escape(error: UnicodeError) -> tuple[str, int]:
    """What an encoding does not have is written as JSON writes it, so that JSON stays JSON."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


class Tolerant(io.FileIO):
    """What nobody can be told is not told: that must not end the work it is about."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError:
            return len(data)


def prepare_streams() -> None:
    """Let neither stream fail for what is written. Call it before anything is opened.

    Strict as they are, a run that is ready and paid for would end in a traceback, for its title is
    Chinese and the terminal is not.
    """
    codecs.register_error(ESCAPE, escape)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors=ESCAPE)
    elif sys.stdout is None:  # `>&-`: the number is taken, or else a connection would get it
        sys.stdout = io.TextIOWrapper(io.FileIO(os.devnull, "w"), encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = io.TextIOWrapper(io.FileIO(os.devnull, "w"), encoding="utf-8")
    elif isinstance(sys.stderr, io.TextIOWrapper):
        raw, encoding = Tolerant(sys.stderr.fileno(), "w", closefd=False), sys.stderr.encoding
        sys.stderr = io.TextIOWrapper(
            io.BufferedWriter(raw), encoding=encoding, errors=ESCAPE, line_buffering=True
        )


def abandon_stdout() -> None:
    """Nobody gets what is left in it; the interpreter must not complain when it flushes."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
