"""A model server that nobody here wrote: aimock, from npm; `.ci/run` installs it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[4]
PROGRAM = ROOT / ".cairn/tools/node_modules/@copilotkit/aimock/dist/cli.js"
NODE = shutil.which("node")
IS_MISSING = NODE is None or not PROGRAM.exists()
WHY_MISSING = "aimock is not installed (.ci/run shows how)"
KEY = "sk-for-aimock-alone"


class Aimock:
    """Serves fixtures inside the block, to whoever has KEY, and writes down what it was asked."""

    def __init__(self, directory: Path, fixtures: list[dict[str, Any]]) -> None:
        self._log = directory / "aimock.log"
        folder = directory / "fixtures"
        folder.mkdir()
        (folder / "all.json").write_text(json.dumps({"fixtures": fixtures}), encoding="utf-8")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port: int = free.getsockname()[1]
        self._address = f"http://127.0.0.1:{port}"
        self.base_url = f"{self._address}/v1"
        assert NODE is not None
        place = ["-p", str(port), "-h", "127.0.0.1", "-f", str(folder)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [NODE, str(PROGRAM), *place, "--validate-on-load", "--strict"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=os.environ | {"AIMOCK_API_KEYS": KEY},
            )

    def __enter__(self) -> Self:
        wait_until(self._is_up)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait(100)

    def _is_up(self) -> bool:
        assert self._process.poll() is None, self._log.read_text(errors="replace")
        try:
            self._control("GET", "/health")
        except OSError:
            return False
        return True

    def asked(self) -> list[dict[str, Any]]:
        """The bodies of all requests, those that it refused included."""
        entries: list[dict[str, Any]] = json.loads(self._control("GET", "/__aimock/journal"))
        return [entry["body"] for entry in entries]

    def forget(self) -> None:
        """What it was asked so far."""
        self._control("POST", "/__aimock/reset/journal")

    def misbehave(self, **chances: float) -> None:
        """From now on; none means as it should."""
        if chances:
            self._control("POST", "/__aimock/chaos", chances)
        else:
            self._control("DELETE", "/__aimock/chaos")

    def _control(self, method: str, path: str, body: dict[str, Any] | None = None) -> bytes:
        request = urllib.request.Request(  # noqa: S310 - our own server
            self._address + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - likewise
            content: bytes = answer.read()
            return content
