"""The web role, asked over HTTP."""

from __future__ import annotations

import json
import re
import socket
import time
import urllib.error
import urllib.request
from typing import Any

from tests.fleet.fleet import Fleet
from tests.waiting import wait_until

TOKEN = "only-for-these-tests"


class Web:
    """The web role's operations' pages."""

    def __init__(self, fleet: Fleet, **sizes: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self._port = listener.getsockname()[1]
        variables = {"PORT": str(self._port), "METRICS_TOKEN": TOKEN}
        fleet.start("web", **sizes, **variables)
        wait_until(self._answers)  # a single process listens only after it has said that it is up

    def get(self, path: str, token: str = TOKEN) -> tuple[int, bytes, float]:
        """Status, body and the seconds it took."""
        url = f"http://127.0.0.1:{self._port}{path}"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
        began = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=100) as answer:  # noqa: S310 - our own server
                return answer.status, answer.read(), time.monotonic() - began
        except urllib.error.HTTPError as error:
            return error.code, error.read(), time.monotonic() - began

    def _answers(self) -> bool:
        try:
            return self.get("/health/live")[0] == 200
        except OSError:
            return False

    def health(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self.get("/health")[1])
        return report

    def metric(self, name: str) -> float:
        body = self.get("/metrics")[1].decode()
        found = re.search(rf"^{re.escape(name)} (\S+)$", body, re.MULTILINE)
        assert found, f"{name} is missing"
        return float(found[1])

    def waiting(self) -> float:
        return self.metric("db_semaphore_waiting_tasks")
