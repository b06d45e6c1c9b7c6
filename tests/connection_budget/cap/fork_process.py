"""Queries, forks, and has parent and child query again. Prints who had which backend."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from typing import cast

import django
import structlog

django.setup()
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))

from django.db import close_old_connections, connection, connections  # noqa: E402 - settings come first

from connection_budget.cap import cap_of  # noqa: E402 - likewise
from connection_budget.postgresql.base import DatabaseWrapper  # noqa: E402 - likewise

GIVE_UP_SECONDS = 90


def query() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def say(**report: object) -> None:
    os.write(1, json.dumps(report).encode() + b"\n")  # unbuffered: a fork copies buffers


def be_a_child() -> None:
    signal.alarm(GIVE_UP_SECONDS)  # a child inherits no alarm
    inherited = cap_of("default").count()
    backends = [query()]
    connection.close()
    cast("DatabaseWrapper", connections["default"]).close_pool()
    gc.collect()
    backends.append(query())
    with connection.cursor() as cursor:
        cursor.execute("SHOW application_name")
        (name,) = cursor.fetchone()
    say(inherited=inherited, child=backends, role=name)


def main() -> None:
    signal.alarm(GIVE_UP_SECONDS)
    before = query()
    if "returned" in sys.argv:
        close_old_connections()  # a pooled one lies in its pool when we fork
    if (child := os.fork()) == 0:
        try:
            be_a_child()
        finally:
            os._exit(0 if sys.exc_info()[0] is None else 1)
    _, status = os.waitpid(child, 0)
    say(before=before, after=query(), child_status=status)


main()
