"""Looking at pg_stat_activity while something runs."""

from __future__ import annotations

import threading
from collections import Counter
from types import TracebackType
from typing import Self

import psycopg

from connection_budget.watch.observed import ConnectionLog


class Sampler:
    """Samples, every `period` seconds, the backends of this process that the log knows."""

    def __init__(self, observer: psycopg.Connection, log: ConnectionLog, *, period: float) -> None:
        self._observer = observer
        self._log = log
        self._period = period
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="sampler")
        self.samples = 0
        self.most_open = 0
        self.most_at_work = 0
        self.most_usage = 0.0
        """Of the whole server: client backends / max_connections, whoever opened them."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def states(self) -> Counter[str]:
        """This process's backends by state, now."""
        rows = self._observer.execute(
            "SELECT state FROM pg_stat_activity WHERE pid = ANY(%s)",
            [list(self._log.backend_pids())],
        )
        return Counter(state for (state,) in rows)

    def _watch(self) -> None:
        while not self._stopped.wait(self._period):
            states = self.states()
            self.samples += 1
            self.most_usage = max(self.most_usage, self._usage())
            self.most_open = max(self.most_open, states.total())
            self.most_at_work = max(self.most_at_work, states.total() - states["idle"])

    def _usage(self) -> float:
        row = self._observer.execute(
            "SELECT count(*) / current_setting('max_connections')::float FROM pg_stat_activity"
            " WHERE backend_type = 'client backend'"
        ).fetchone()
        assert row is not None
        return float(row[0])
