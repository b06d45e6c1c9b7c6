"""The site to be looked at: a database of its own, a Redis, one web process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from config.embedded import Redis
from tests.databases import database_url
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def open_database() -> Iterator[None]:
    """Not the tests' database, so that both may be at work."""
    if settings.EMBEDDED_POSTGRES is not None:
        settings.EMBEDDED_POSTGRES.join()
    connection.settings_dict["TEST"]["NAME"] = "cairn_screenshots"
    old = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        connection.close()
        teardown_databases(old, verbosity=0)


@contextmanager
def open_site() -> Iterator[str]:
    """The address of a web process on that database."""
    with TemporaryDirectory(prefix="cairn-screenshots-") as folder:
        redis = Redis(Path(folder))
        redis.join()
        try:
            with _web_process(redis.url, Path(folder) / "log") as address:
                yield address
        finally:
            redis.leave()


@contextmanager
def _web_process(redis_url: str, log: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--no-proxy-headers"]
        variables = {
            "DJANGO_SETTINGS_MODULE": "screenshots.settings",
            "DATABASE_URL": database_url(),
            "REDIS_URL": redis_url,
            "PROCESS_ROLE": "web",
        }
        with log.open("wb") as out:
            process = subprocess.Popen(
                [*command, "--fd", str(listener.fileno())],
                pass_fds=[listener.fileno()],
                cwd=ROOT,
                stdout=out,
                stderr=out,
                env=os.environ | variables,
            )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _answers(address, process, log))
        yield address
    finally:
        process.terminate()
        process.wait(timeout=100)


def _answers(address: str, process: subprocess.Popen[bytes], log: Path) -> bool:
    assert process.poll() is None, log.read_text(encoding="utf-8")
    try:
        urllib.request.urlopen(f"{address}/health/live", timeout=5).close()  # noqa: S310 - ours
    except (urllib.error.URLError, OSError):
        return False
    return True
