"""What a forked child must not inherit."""

import os
import weakref
from collections.abc import Callable


def call_in_forked_child(method: Callable[[], None]) -> None:
    """Call the bound `method` first thing in every child forked from now on.

    Threads do not survive a fork, and one of them may hold a lock just then: owners of threads
    or locks replace them here. The method's object is not kept alive.
    """
    reference = weakref.WeakMethod(method)

    def call_survivor() -> None:
        if (survivor := reference()) is not None:
            survivor()

    os.register_at_fork(after_in_child=call_survivor)
