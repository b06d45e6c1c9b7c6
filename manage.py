#!/usr/bin/env python
"""Cairn's command line: `manage.py help` lists the commands."""

import os
import signal
import sys
from types import FrameType

INTERRUPTED = 130  # 128 + SIGINT, as shells have it


def leave(_number: int, _frame: FrameType | None) -> None:
    os._exit(INTERRUPTED)


def main() -> None:
    # While modules load there is nothing to clean up, and libraries wrap what they do not expect.
    signal.signal(signal.SIGINT, leave)
    from config.bootstrap import run_command  # noqa: PLC0415 - takes a moment

    try:
        run_command(sys.argv)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read us has gone; do not complain again when the interpreter flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


if __name__ == "__main__":
    main()
