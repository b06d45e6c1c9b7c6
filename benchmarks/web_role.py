"""The web role as production starts it, on the benchmark's database."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection

from config.embedded import Redis
from tests.databases import database_url
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[1]
WEB = ("sh", str(ROOT / "docker" / "web.sh"))


@contextmanager
def production() -> Iterator[dict[str, str]]:
    """The environment of a deployment: the benchmark's database and key, a Redis, its files
    collected."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(TemporaryDirectory(prefix="cairn-bench-")))
        redis = Redis(directory / "state")
        redis.join()
        stack.callback(redis.leave)
        settings.SECRET_KEY = secrets.token_urlsafe(50)
        variables = {
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "DATABASE_URL": database_url(),
            "REDIS_URL": redis.url,
            "SECRET_KEY": settings.SECRET_KEY,
            "ALLOWED_HOSTS": "127.0.0.1",
            "SITE_URL": "http://127.0.0.1",
            "EMAIL_URL": "consolemail://",
            "PROMETHEUS_MULTIPROC_DIR": str(directory / "metrics"),
            "BENCH_STATIC_ROOT": str(directory / "static"),
            "PYTHONPATH": str(ROOT),
        }
        collect = (sys.executable, "manage.py", "collectstatic", "--no-input", "-v", "0")
        subprocess.run(collect, cwd=ROOT, env=os.environ | variables, check=True)  # noqa: S603 - our own command
        yield variables


@contextmanager
def serving(
    variables: Mapping[str, str],
    command: Sequence[str] = WEB,
    *,
    is_alone: bool = True,
    **more: str,
) -> Iterator[tuple[int, int]]:
    """While the block runs a server does: its main process, and its port.

    `is_alone`: nobody else is at the database, so that its sessions can be waited for at the end.
    """
    connection.close()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    environment = os.environ | variables | {"PORT": str(port)} | more
    log = Path(variables["BENCH_STATIC_ROOT"]).with_name("web.log")
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        wait_until(lambda: _listens(process, port, log), seconds=60)
        yield process.pid, port
    finally:
        with suppress(ProcessLookupError):  # it has ended by itself, and was told of
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        if is_alone:
            # A server notices a moment later that its clients are gone.
            wait_until(lambda: _sessions() == 1, seconds=60)


def _sessions() -> int:
    """At this database, our own included."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def _listens(process: subprocess.Popen[bytes], port: int, log: Path) -> bool:
    assert process.poll() is None, log.read_text(errors="replace")
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True
