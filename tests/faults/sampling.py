"""pg_stat_activity of the test database, sampled from a connection and a thread of its own."""

from __future__ import annotations

import threading
from collections import Counter
from types import TracebackType
from typing import Self

import psycopg

from tests.databases import database_url

PERIOD_SECONDS = 0.01
APPLICATION_NAME = "sampler"


class ServerSampler:
    """While the block runs, the most client backends seen at once, by application_name."""

    def __init__(self) -> None:
        self.samples = 0
        self.most: Counter[str] = Counter()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="server sampler")
        self._connection = psycopg.connect(
            database_url(), application_name=APPLICATION_NAME, autocommit=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._thread.join()
        self._connection.close()

    def _watch(self) -> None:
        while not self._stopped.wait(PERIOD_SECONDS):
            rows = self._connection.execute(
                "SELECT application_name, count(*) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND datname = current_database()"
                " GROUP BY 1"
            ).fetchall()
            self.samples += 1
            self.most |= Counter(dict(rows))
