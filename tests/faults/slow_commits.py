"""Slow commits for real code: a deferred trigger waits between the write and the commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

INSTALL = """
CREATE FUNCTION fault_pause() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_sleep(TG_ARGV[0]::float);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER fault_pause AFTER INSERT ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fault_pause({seconds});
"""
REMOVE = "DROP FUNCTION fault_pause CASCADE"


@contextmanager
def slow_commits(observer: psycopg.Connection, *, table: str, seconds: float) -> Iterator[None]:
    """Each row inserted into `table` makes its transaction's commit wait so long."""
    observer.execute(INSTALL.format(table=table, seconds=seconds).encode())
    try:
        yield
    finally:
        observer.execute(REMOVE)


def count_open_transactions(observer: psycopg.Connection) -> int:
    """Of the other clients of this database."""
    row = observer.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND xact_start IS NOT NULL"
        " AND pid <> pg_backend_pid()"
    ).fetchone()
    assert row is not None
    return int(row[0])
