"""Whether a container is well."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from config.serve.healthcheck import healthy
from tests.docker.scripts import ROOT


class Site(BaseHTTPRequestHandler):
    status = 200

    def do_HEAD(self) -> None:
        asked = (self.headers["Host"], self.path) == ("cairn.example", "/health/live")
        self.send_response(self.status if asked else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "well"), [(200, True), (301, False), (404, False), (503, False)]
)
def test_a_site_that_is_alive_is_well(
    port: int, status: int, well: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Site, "status", status)
    assert healthy(port, "cairn.example") is well


def test_a_site_that_does_not_answer_is_not() -> None:
    assert not healthy(1, "cairn.example")


@pytest.mark.parametrize(("role", "status"), [("web", 1), ("workflow", 0), ("beat", 0)])
def test_only_web_is_asked(role: str, status: int) -> None:
    variables = {"PROCESS_ROLE": role, "PORT": "1", "ALLOWED_HOSTS": "cairn.example,other.example"}
    command = ["sh", str(ROOT / "docker" / "healthcheck.sh")]
    assert subprocess.run(command, env=os.environ | variables, check=False).returncode == status
