"""A child that ends with its parent, even with one that is killed and can tell nobody.

Otherwise it would serve on, unsupervised, hold its connections and the port that the next start
wants.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.5


def end_with_parent(parent: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Have this process get `number` as soon as `parent`, which started it, is gone.

    Linux sends it by itself, also after an exec; elsewhere a thread looks.
    """
    if not _ask_kernel(number):
        threading.Thread(target=_watch, args=(parent, number), daemon=True).start()
    elif os.getppid() != parent:
        # It died before we asked.
        os.kill(os.getpid(), number)


def lifeline(number: signal.Signals) -> Callable[[], None] | None:
    """`end_with_parent` as a `preexec_fn`, for a program that knows nothing of it; Linux only."""
    if sys.platform != "linux":
        return None
    return partial(end_with_parent, os.getpid(), number)


def _ask_kernel(number: signal.Signals) -> bool:
    if sys.platform != "linux":
        return False
    return bool(ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0) == 0)


def _watch(parent: int, number: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os.kill(os.getpid(), number)
