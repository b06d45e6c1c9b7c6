"""psycopg/psycopg#1232: “the pool is closed” with Celery.

Celery 5.6.0 closed Django's pool at the end of each task, in a pool of threads, too: under those
whose tasks were still going. With the package a worker has no pool that one could close.
"""

from contextlib import suppress

import stage
from django.db import connection

from connection_budget import PREFORK, Role

ROLE = Role("jobs", connections=1, processes=4, kind=PREFORK)
STOCK = {"OPTIONS": stage.pooled(4)}


def task():
    for _ in range(10):
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.01)")
        finally:
            end_task()


def end_task():
    """As Celery's fixup did."""
    connection.close()
    with suppress(KeyError):  # two at once
        connection.close_pool()


def scene():
    return stage.in_threads(8, task)


if __name__ == "__main__":
    stage.play(scene)
