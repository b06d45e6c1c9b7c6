"""What the programs of this folder share: one project in two variants, and a look at the server.

    DATABASE_URL=postgresql://... python daphne_442.py

plays the program's scene on stock Django and with the package, and prints for each the most
connections that PostgreSQL showed under its name, and what the scene has to say.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import django
import psycopg

VARIANTS = {"stock": "stock Django", "package": "connection_budget"}
WITH_PACKAGE = os.environ.get("STAGE_VARIANT") == "package"
FOLDER = Path(os.environ.get("STAGE_FOLDER", "."))
# Celery's messages, as files: no broker has to run.
MAILBOX = {name: str(FOLDER / "mail") for name in ("data_folder_in", "data_folder_out")}
MAILBOX |= {"control_folder": str(FOLDER / "control")}
SERVED = "served"
PATIENCE_SECONDS = 120
MOST_SECONDS_TO_END = 30
LOOK_SECONDS = 0.003


def play(scene):
    """Started by hand: both variants, one after the other. Started so: the scene."""
    if "STAGE_VARIANT" in os.environ:
        django.setup()
        print(scene())
        return
    if "DATABASE_URL" not in os.environ:
        sys.exit("Set DATABASE_URL to a PostgreSQL that may be used for a moment.")
    for variant, title in VARIANTS.items():
        with tempfile.TemporaryDirectory() as folder:
            print(f"{title}: {_perform(Path(sys.argv[0]), variant, folder)}", flush=True)


def _perform(program, variant, folder):
    name = f"{program.stem}-{variant}-{os.getpid()}"
    (Path(folder) / "mail").mkdir()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "settings",
        "PYTHONPATH": os.pathsep.join([str(program.resolve().parent), *sys.path]),
        "STAGE_PROGRAM": program.stem,
        "STAGE_VARIANT": variant,
        "STAGE_FOLDER": folder,
        "STAGE_NAME": name,
        "TMPDIR": folder,
    }
    command = [sys.executable, str(program)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        most = _watch(name, process)
        *_, said = process.stdout.read().splitlines() or [""]  # events may stand before it
    if process.returncode:
        sys.exit(f"{program.stem} ended with {process.returncode}")
    return f"{most} connections at most; {said}"


def _watch(name, process):
    """The most connections of this name that the server shows while the process runs."""
    most = 0
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as outside:
        while process.poll() is None:
            (now,) = outside.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [name]
            ).fetchone()
            most = max(most, now)
            time.sleep(LOOK_SECONDS)
    return most


def pooled(most):
    """OPTIONS with Django's pool."""
    name = os.environ.get("STAGE_NAME")
    return {"application_name": name, "pool": {"min_size": most, "max_size": most}}


def in_threads(number, call):
    """Begins so many calls at once, each in a thread, and tells how they ended."""
    together = threading.Barrier(number)

    def attempt(_):
        together.wait(PATIENCE_SECONDS)
        try:
            return call() or SERVED
        except Exception as error:
            return type(error).__name__

    with ThreadPoolExecutor(number) as threads:
        return tell(threads.map(attempt, range(number)))


def tell(outcomes):
    """`37 of 40 served (3 x 503)`."""
    counts = Counter(outcomes)
    others = ", ".join(f"{n} x {name}" for name, n in sorted(counts.items()) if name != SERVED)
    return f"{counts[SERVED]} of {counts.total()} served" + (f" ({others})" if others else "")


def end(process):
    """The leader of a session. A warm shutdown of Celery may wait for ever for a child that was
    replaced meanwhile."""
    process.terminate()
    try:
        process.wait(MOST_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


def wait_until(condition):
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > give_up_at:
            sys.exit("it never happened")
        time.sleep(0.01)
