"""Queries, and forks children that all query at once. Prints, of each child, how it fared.

A child keeps its connection until it reads the end of its standard input.
"""

from __future__ import annotations

import os
import signal
import sys

import django
import structlog
from django.db import Error, connection

GIVE_UP_SECONDS = 150


def query() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def be_a_child() -> None:
    signal.alarm(GIVE_UP_SECONDS)
    try:
        query()
        os.write(1, b"served\n")
    except Error as error:
        os.write(1, f"{error}\n".encode())
    os.read(0, 1)


def main(children: int) -> None:
    django.setup()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    signal.alarm(GIVE_UP_SECONDS)
    query()
    for _ in range(children):
        if os.fork() == 0:
            try:
                be_a_child()
            finally:
                os._exit(0)
    for _ in range(children):
        os.wait()


if __name__ == "__main__":
    main(int(sys.argv[1]))
