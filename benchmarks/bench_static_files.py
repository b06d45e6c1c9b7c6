"""A static file beside /health/live, which does nothing: processor seconds of one process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import find

from benchmarks.database import fresh_database
from benchmarks.keep_alive import KeepAlive
from benchmarks.processor import compare
from benchmarks.web_role import production, serving

ROUNDS, EACH = 9, 200
LEAST_OF_RATE = 0.5
LIVE, NAME = "/health/live", "css/cairn.css"


def main() -> dict[str, Any]:
    path = find(NAME)
    assert path is not None
    with (
        fresh_database(),
        production() as variables,
        serving(variables, ROLE_WEB_PROCESSES="1") as (pid, port),
        KeepAlive(port) as connected,
    ):
        assert connected.get(LIVE, {}).status == 200
        assert connected.get(f"/static/{NAME}", {}).body == Path(path).read_bytes()
        asks = {
            "live": lambda: connected.get(LIVE, {}),
            "file": lambda: connected.get(f"/static/{NAME}", {}),
        }
        milliseconds = compare(pid, asks, rounds=ROUNDS, each=EACH)
    share = milliseconds["live"] / milliseconds["file"]
    figures = {
        "processor_milliseconds": {name: round(one, 3) for name, one in milliseconds.items()},
        "bytes": Path(path).stat().st_size,
        "share_of_the_rate": round(share, 2),
    }
    assert share >= LEAST_OF_RATE, figures
    return figures
