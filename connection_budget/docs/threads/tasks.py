"""A real Celery worker, and what its tasks have seen."""

import os
import subprocess
import sys

import stage
from django.db import connection

SEEN = stage.FOLDER / "seen"


def look():
    """Which backend of the server this is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), pg_sleep(0.05)")
        return cursor.fetchone()[0]


def note(backend):
    """By one write, which others cannot come between."""
    with SEEN.open("a") as file:
        file.write(f"{backend}\n")


def work(app, *options, tasks):
    """Has a worker do so many tasks called `look`, and tells on how many backends they ran."""
    program = os.environ["STAGE_PROGRAM"]
    command = [sys.executable, "-m", "celery", "-A", program, "worker", "-l", "critical"]
    command += options
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True) as worker:
        try:
            for _ in range(tasks):
                app.send_task("look")
            stage.wait_until(lambda: len(_seen()) == tasks or worker.poll() is not None)
        finally:
            stage.end(worker)
    return f"{len(_seen())} tasks on {len(set(_seen()))} backends"


def _seen():
    return SEEN.read_text().split() if SEEN.exists() else []
