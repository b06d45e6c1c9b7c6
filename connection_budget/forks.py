"""What a forked child must not inherit."""

import os
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import SyncToAsync


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


class Lineage:
    """What forks have made of this process since it began to watch."""

    def __init__(self) -> None:
        self.is_child = False
        self.has_children = False
        self.works = False
        """Itself: what it forks from then on shares none of its work."""
        os.register_at_fork(after_in_child=self._be_a_child, after_in_parent=self._have_children)

    def _be_a_child(self) -> None:
        self.is_child, self.has_children = True, False

    def _have_children(self) -> None:
        self.has_children = self.has_children or not self.works


lineage = Lineage()


def renew_asgiref_thread_in_forked_children() -> None:
    """Give each child a thread of its own for `sync_to_async`, which whoever imports us may use.

    Where the parent had used it, the child would wait for ever for a thread that it does not have
    (measured with asgiref 3.13).
    """
    os.register_at_fork(after_in_child=_renew_asgiref_thread)


def _renew_asgiref_thread() -> None:
    SyncToAsync.single_thread_executor = ThreadPoolExecutor(max_workers=1)
