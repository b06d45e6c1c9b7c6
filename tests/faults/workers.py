"""One role of the real fleet, the tasks sent to it, and what they left in the database."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from celery import Celery
from redis import Redis

from connection_budget.budget.server_sql import CHECK_CLIENT
from tests.faults.app.tasks import DROP, TABLES
from tests.fleet.fleet import Fleet
from tests.waiting import wait_until

ROLE = "content_generation"


@dataclass(frozen=True)
class Worker:
    """The content_generation role."""

    fleet: Fleet
    observer: psycopg.Connection
    celery: Celery
    redis: Redis

    def start(self, **variables: str) -> None:
        self.fleet.start(ROLE, **({"DJANGO_SETTINGS_MODULE": "tests.faults.settings"} | variables))

    def send(self, task: str, *arguments: Any, **options: Any) -> str:
        """Have a task done; its id."""
        task_id = str(uuid.uuid4())
        self.celery.send_task(f"faults.{task}", arguments, task_id=task_id, queue=ROLE, **options)
        return task_id

    def revoke(self, task_id: str, signal: str) -> None:
        self.celery.control.revoke(task_id, terminate=True, signal=signal)

    def one(self, query: str, *arguments: Any) -> Any:
        """The only value of the only row, or None."""
        row = self.observer.execute(query.encode(), arguments).fetchone()
        return None if row is None else row[0]

    def status(self, task_id: str) -> str | None:
        query = "SELECT status FROM django_celery_results_taskresult WHERE task_id = %s"
        status: str | None = self.one(query, task_id)
        return status

    def starts(self, name: str) -> int:
        return int(self.one("SELECT count(*) FROM fault_starts WHERE name = %s", name))

    def child_of(self, name: str) -> int:
        """The process that began a task last."""
        query = "SELECT pid FROM fault_starts WHERE name = %s ORDER BY ctid DESC LIMIT 1"
        return int(self.one(query, name))

    def rows(self, name: str) -> tuple[int, int, int]:
        """How many rows there are, how often they were written, and what the status says."""
        query = "SELECT count(*), coalesce(sum(writes), 0) FROM fault_rows WHERE name = %s"
        row = self.observer.execute(query, [name]).fetchone()
        assert row is not None
        status = self.one("SELECT rows FROM fault_status WHERE name = %s", name)
        return int(row[0]), int(row[1]), int(status or 0)

    def sleeping_backend(self) -> int | None:
        """The backend that is in the middle of a slow transaction."""
        pid = self.one(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = %s AND wait_event = 'PgSleep' LIMIT 1",
            ROLE,
        )
        return None if pid is None else int(pid)

    def count_sleeping(self) -> int:
        query = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = %s AND wait_event = 'PgSleep'"
        )
        return int(self.one(query, ROLE))

    def is_gone(self, backend: int) -> bool:
        return self.one("SELECT pid FROM pg_stat_activity WHERE pid = %s", backend) is None

    def wait_for(self, task_id: str, status: str) -> None:
        wait_until(lambda: self.status(task_id) == status)

    def assert_nothing_queued(self) -> None:
        """Neither in the queue nor in the hands of a worker."""
        wait_until(lambda: (self.redis.llen(ROLE), self.redis.hlen("unacked")) == (0, 0))


@contextlib.contextmanager
def worker_on(fleet: Fleet, observer: psycopg.Connection) -> Iterator[Worker]:
    """Tables for the tasks, and the guards of the budget's SQL for the fleet's login."""
    url = fleet.environment()["REDIS_URL"]
    broker = url.replace("unix://", "redis+socket://", 1)
    celery = Celery("faults", broker=broker, set_as_current=False)
    redis = Redis.from_url(url)
    observer.execute(TABLES.encode())
    _guard(observer)
    try:
        yield Worker(fleet, observer, celery, redis)
    finally:
        celery.close()
        redis.close()
        observer.execute(DROP)


def _guard(observer: psycopg.Connection) -> None:
    """The embedded server has this guard itself; another one gets it from `--sql`, as here."""
    if os.environ.get("DATABASE_URL"):
        guard = f"SET client_connection_check_interval = '{CHECK_CLIENT}'"
        observer.execute(f"ALTER ROLE CURRENT_USER {guard}".encode())
