"""A client of its own process: visitors who come whether or not others were answered, and hang up.

    echo '{"port": …, "path": …, "rate": …, "seconds": …, "deadline": …}' | \
python -m benchmarks.impatient

Each comes at a moment that is drawn beforehand, over a connection of their own, and leaves when
`deadline` seconds have passed since.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]


class Visit(NamedTuple):
    """`status` is 0 for who hung up; `retry_after` is what the server said of that."""

    status: int
    milliseconds: float
    retry_after: str


@dataclass(frozen=True)
class Visits:
    all: list[Visit]

    def times(self, status: int) -> list[float]:
        return sorted(visit.milliseconds for visit in self.all if visit.status == status)

    def count(self, status: int) -> int:
        return sum(visit.status == status for visit in self.all)


def percentile(ordered: list[float], percent: float) -> float | None:
    """Of milliseconds in their order; None of none."""
    if not ordered:
        return None
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))], 1)


def have_impatient(port: int, path: str, *, rate: float, seconds: float, deadline: float) -> Visits:
    plan = {"port": port, "path": path, "rate": rate, "seconds": seconds, "deadline": deadline}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.impatient"],
        input=json.dumps(plan),
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        check=True,
    )
    return Visits([Visit(*one) for one in json.loads(done.stdout)])


async def _come(plan: dict[str, Any]) -> list[Visit]:
    chance = random.Random(7)  # noqa: S311 - the same visitors for every side
    visits: list[Visit] = []
    moment, begin = 0.0, time.monotonic()
    async with asyncio.TaskGroup() as coming:
        while (moment := moment + chance.expovariate(plan["rate"])) < plan["seconds"]:
            due = begin + moment
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            coming.create_task(_visit(plan, due, visits))
    return visits


async def _visit(plan: dict[str, Any], due: float, visits: list[Visit]) -> None:
    answer = b""
    try:
        async with asyncio.timeout(due + plan["deadline"] - time.monotonic()):
            answer = await _get(plan["port"], plan["path"])
    except (TimeoutError, OSError):
        pass
    milliseconds = 1_000 * (time.monotonic() - due)
    lines = answer.partition(b"\r\n\r\n")[0].decode("latin-1").lower().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:])
    status = int(lines[0].split()[1]) if lines[0] else 0
    visits.append(Visit(status, milliseconds, headers.get("retry-after", "")))


async def _get(port: int, path: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n".encode())
        return await reader.read()
    finally:
        writer.transport.abort()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_come(json.load(sys.stdin)))))
