"""A client of its own process: visitors who come whether or not those before them were answered.

    echo '{"port": …, "rate": …, "seconds": …, "asks": […]}' | python -m benchmarks.open_arrival

Each comes over a connection of their own, at a moment that is drawn beforehand (gaps as of
strangers who know nothing of each other). How long one waited counts from that moment: a client
that was late, or a server that let nobody in, is no excuse.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Ask:
    """`holds`: what the answer's body must have in it, to be the right one."""

    path: str
    holds: list[str]
    cookie: str = ""

    def head(self, port: int) -> bytes:
        cookie = f"Cookie: {self.cookie}\r\n" if self.cookie else ""
        return (
            f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Language: en\r\n"
            f"{cookie}Connection: close\r\n\r\n"
        ).encode()

    def find_fault(self, answer: bytes) -> str:
        """Why this is not the answer, or nothing."""
        head, _, body = answer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            return head[:60].decode("latin-1") or "no answer"
        missing = [text for text in [*self.holds, "</html>"] if text.encode() not in body]
        return f"{self.path}: {missing} missing" if missing else ""


@dataclass(frozen=True)
class Arrivals:
    milliseconds: list[float]
    faults: list[str]
    late: float
    """Milliseconds by which the client itself was behind, at its worst."""

    def percentile(self, percent: float) -> float:
        ordered = sorted(self.milliseconds)
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))], 1)


def have_visitors(port: int, asks: list[Ask], *, rate: float, seconds: float) -> Arrivals:
    """Let them come, in another process, and wait for the last of them."""
    plan = {"port": port, "rate": rate, "seconds": seconds, "asks": [asdict(one) for one in asks]}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.open_arrival"],
        input=json.dumps(plan),
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        check=True,
    )
    return Arrivals(**json.loads(done.stdout))


async def _come(port: int, asks: list[Ask], rate: float, seconds: float) -> Arrivals:
    chance = random.Random(7)  # noqa: S311 - the same visitors for every server
    arrivals = Arrivals([], [], 0.0)
    late, moment, begin = 0.0, 0.0, time.monotonic()
    async with asyncio.TaskGroup() as visits:
        while (moment := moment + chance.expovariate(rate)) < seconds:
            due = begin + moment
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            late = max(late, time.monotonic() - due)
            visits.create_task(_visit(port, chance.choice(asks), due, arrivals))
    return Arrivals(arrivals.milliseconds, arrivals.faults, round(1_000 * late, 1))


async def _visit(port: int, ask: Ask, due: float, arrivals: Arrivals) -> None:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(ask.head(port))
        answer = await reader.read()
    except OSError as error:
        arrivals.faults.append(repr(error))
        return
    arrivals.milliseconds.append(1_000 * (time.monotonic() - due))
    writer.transport.abort()
    if fault := ask.find_fault(answer):
        arrivals.faults.append(fault)


def main(plan: dict[str, Any]) -> None:
    asks = [Ask(**one) for one in plan["asks"]]
    arrivals = asyncio.run(_come(plan["port"], asks, plan["rate"], plan["seconds"]))
    print(json.dumps(asdict(arrivals)))


if __name__ == "__main__":
    main(json.load(sys.stdin))
