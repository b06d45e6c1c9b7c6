"""A net under the pool: connections whose thread died with them are returned, not lost.

Django returns a connection when a request ends. Work that escapes the request (a task that
outlives it, a thread of its own) may end without that; its wrapper is then collected, and the
pool would count the connection as taken for ever.
"""

import gc
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any

from connection_budget.deadlines.lending import Loan
from connection_budget.forks import call_in_forked_child
from connection_budget.logs import get_logger
from connection_budget.seats.seats import Seats

log = get_logger(__name__)

# While somebody waits for a seat, lost connections are searched for so often.
SEARCH_SECONDS = 1.0


class Recovery:
    """A thread that returns what the garbage collector finds."""

    _thread: threading.Thread | None

    def __init__(self) -> None:
        self._start_afresh()
        call_in_forked_child(self._start_afresh)

    def watch(self, seats: Seats, borrowers: "weakref.WeakValueDictionary[int, Any]") -> None:
        """Start the thread, once in a process. `borrowers` are all wrappers that may have one."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._watch,
                    args=[seats, borrowers],
                    name="db-recovery",
                    daemon=True,
                )
                self._thread.start()

    def put(self, lost: Loan) -> None:
        """For `weakref.finalize`: the collector calls it anywhere, so it must wait for no lock."""
        self._lost.put(lost)

    def _start_afresh(self) -> None:
        self._lock = threading.Lock()
        self._thread = None
        self._lost: SimpleQueue[Loan] = SimpleQueue()

    def _watch(self, seats: Seats, borrowers: "weakref.WeakValueDictionary[int, Any]") -> None:
        idle: dict[int, int | None] = {}
        while True:
            try:
                self._return(self._lost.get(timeout=SEARCH_SECONDS))
            except Empty:
                if waited_for := bool(seats.statistics().waiting):
                    gc.collect()  # wrappers are in cycles: nobody else may look for them soon
                # A list, for others may be added meanwhile.
                known = [one for ref in borrowers.valuerefs() if (one := ref()) is not None]
                idle = _end_idle_loans(known, idle, everybodys=waited_for)
                del known

    @staticmethod
    def _return(loan: Loan) -> None:
        if loan.is_over:  # given back by hand
            return
        log.warning("db_connection_recovered", alias=loan.alias)
        with _surviving(loan.alias):
            loan.give_back()


def _end_idle_loans(
    borrowers: list[Any], before: dict[int, int | None], *, everybodys: bool
) -> dict[int, int | None]:
    """Take back what nobody has used since the look `before`; what is seen this time.

    `everybodys`, or only what is wanted back: that of pages which are over.
    """
    asked = [one for one in borrowers if (everybodys or one.is_wanted) and not one.in_unit]
    seen = {id(one): one.uses_at_rest() for one in asked}
    for one in asked:
        uses = seen[id(one)]
        if uses is None or before.get(id(one)) != uses:
            continue
        with _surviving(one.alias):
            if one.surrender():
                log.warning("db_connection_taken_back", alias=one.alias)
    return seen


@contextmanager
def _surviving(alias: str) -> Iterator[None]:
    """Whatever is raised in the block: the thread must live; the seat comes back."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - see above
        log.warning("db_connection_not_returned", alias=alias, error=str(error))


recovery = Recovery()
