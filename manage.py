#!/usr/bin/env python
"""Cairn's command line: `manage.py help` lists the commands."""

import gc
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
    # Nor is there garbage: looking for some was a tenth of every start.
    gc.disable()
    from config.streams import prepare_streams

    prepare_streams()
    from config.bootstrap import run_command

    try:
        try:
            run_command(sys.argv)
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except OSError as error:
        give_up_writing(error)


def give_up_writing(error: OSError) -> None:
    """Exits where it is the output that cannot be written. What was done before is done."""
    from config.streams import UNWRITABLE, abandon_stdout

    if error.errno not in UNWRITABLE:
        raise error
    abandon_stdout()
    if not isinstance(error, BrokenPipeError):
        sys.stderr.write(f"manage.py: the output cannot be written: {error.strerror}\n")
    sys.exit(1)


if __name__ == "__main__":
    main()
