"""Starts `cap_process` and looks all the while at what the server shows of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[3]


class Watch:
    """The most connections of one application name that the server has shown so far."""

    def __init__(self, url: str, name: str) -> None:
        self._url, self._name = url, name
        self._most = 0
        self._ending = threading.Event()

    @contextmanager
    def looking(self) -> Iterator[None]:
        thread = threading.Thread(target=self._look)
        thread.start()
        try:
            yield
        finally:
            self._ending.set()
            thread.join()

    def most_since_asked(self) -> int:
        most, self._most = self._most, 0
        return most

    def _look(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as observer:
            while not self._ending.wait(0.003):
                row = observer.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s",
                    [self._name],
                ).fetchone()
                self._most = max(self._most, row[0] if row else 0)


def perform(
    url: str, scenes: tuple[str, ...], *, connections: int, wait_seconds: int = 60, **variables: str
) -> dict[str, dict[str, Any]]:
    """What came of each scene in one process that may have so many connections."""
    name = f"cap-{os.getpid()}-{connections}-{wait_seconds}"
    environment = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tests.connection_budget.settings",
        "PROCESS_ROLE": "beat",
        "ROLE_BEAT_CONNECTIONS": str(connections),
        "CONNECTION_BUDGET_WAIT_SECONDS": str(wait_seconds),
        "DATABASE_CONNECT_TIMEOUT": "60",
        "WEB_APPLICATION_NAME": name,
        "PYTHONPATH": str(ROOT),
        **variables,
    }
    command = [sys.executable, "-m", "tests.connection_budget.cap.cap_process", *scenes]
    watch, reports = Watch(url, name), {}
    with (
        watch.looking(),
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            for scene, line in zip(scenes, process.stdout, strict=True):
                reports[scene] = json.loads(line) | {"most": watch.most_since_asked()}
        finally:
            process.kill()
    return reports
