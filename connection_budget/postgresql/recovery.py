"""A net under the pool: connections whose thread died with them are returned, not lost.

Django returns a connection when a request ends. Work that escapes the request (a task that
outlives it, a thread of its own) may end without that; its wrapper is then collected, and the
pool would count the connection as taken for ever.
"""

import gc
import threading
from queue import Empty, SimpleQueue

import structlog

from connection_budget.deadlines.lending import Loan
from connection_budget.forks import call_in_forked_child
from connection_budget.seats.seats import Seats

log = structlog.get_logger(__name__)

# While somebody waits for a seat, lost connections are searched for so often.
SEARCH_SECONDS = 1.0


class Recovery:
    """A thread that returns what the garbage collector finds."""

    _thread: threading.Thread | None

    def __init__(self) -> None:
        self._start_afresh()
        call_in_forked_child(self._start_afresh)

    def watch(self, seats: Seats) -> None:
        """Start the thread, once in a process."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._watch, args=[seats], name="db-recovery", daemon=True
                )
                self._thread.start()

    def put(self, lost: Loan) -> None:
        """For `weakref.finalize`: the collector calls it anywhere, so it must wait for no lock."""
        self._lost.put(lost)

    def _start_afresh(self) -> None:
        self._lock = threading.Lock()
        self._thread = None
        self._lost: SimpleQueue[Loan] = SimpleQueue()

    def _watch(self, seats: Seats) -> None:
        while True:
            try:
                self._return(self._lost.get(timeout=SEARCH_SECONDS))
            except Empty:
                if seats.statistics().waiting:
                    gc.collect()  # wrappers are in cycles: nobody else may look for them soon

    @staticmethod
    def _return(loan: Loan) -> None:
        log.warning("db_connection_recovered", alias=loan.alias)
        try:
            loan.give_back()
        except Exception as error:  # noqa: BLE001 - the thread must live; the seat comes back
            log.warning("db_connection_not_returned", alias=loan.alias, error=str(error))


recovery = Recovery()
