"""Learners who flick through pages: they come at a fixed rate, and most leave before the answer."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

from tests.connection_budget.web.server import parse
from tests.waiting import wait_until

HURRIED = 0.7
"""How many hang up."""
PATIENCE_SECONDS = 0.01
"""Those wait at most so long, and do not look whether the answer has begun."""
LEAVING_SECONDS = 120.0
"""Whoever stayed has been answered so long after the last one came."""


class Learners:
    """While the block runs, `rate` of them a second ask for one of `pages`, on plain sockets.

    They come whether or not those before were answered; but no more than `most_inside` wait at
    once, so that a machine which is busy with something else is not asked for more than it can do.
    """

    def __init__(
        self,
        ports: list[int],
        pages: list[str],
        *,
        rate: float,
        hurried: float = HURRIED,
        most_inside: int | None = None,
        seed: int = 7,
    ) -> None:
        self.ports = ports
        """Where the next ones go, to each as many."""
        self.pages = pages
        self._rate = rate
        self._hurried = hurried
        self._most_inside = most_inside
        self._chance = random.Random(seed)
        self._stopped = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._come()), name="learners", daemon=True
        )
        self._inside: Counter[int] = Counter()
        self._rushing = 0
        self.gone = 0
        self.answers: Counter[str] = Counter()
        """By status, of those who stayed; an incomplete page counts as cut short."""
        self.seconds: list[float] = []
        """How long those waited; who came in a rush is not counted."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._thread.join(LEAVING_SECONDS)
        assert not self._thread.is_alive(), f"never answered: {dict(+self._inside)} by port"

    def rush(self, learners: int) -> None:
        """So many come at once, beside all others."""
        self._rushing += learners

    def move_to(self, ports: list[int]) -> None:
        """Go to these web servers only; returns when nobody is left at another."""
        self.ports = ports
        left = set(self._inside) - set(ports)
        wait_until(lambda: not any(self._inside[port] for port in left))

    @property
    def came(self) -> int:
        return self.gone + self.answers.total()

    def percentile(self, percent: float) -> float:
        """Milliseconds that so many of those who stayed did not have to exceed."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]

    def text(self) -> str:
        return (
            f"{self.came} learners, {self.gone} hung up, answers {dict(self.answers)}; "
            f"p50 {self.percentile(50):.0f} ms, p99 {self.percentile(99):.0f} ms "
            f"at {self._rate:g} a second"
        )

    async def _come(self) -> None:
        begin = time.monotonic()
        async with asyncio.TaskGroup() as visits:
            number = 0
            while not self._stopped.is_set():
                rushing, self._rushing = self._rushing, 0
                for _ in range(rushing):
                    visits.create_task(self._visit(timed=False))
                if self._most_inside is None or self._inside.total() < self._most_inside:
                    visits.create_task(self._visit())
                number += 1
                await asyncio.sleep(max(0.0, begin + number / self._rate - time.monotonic()))

    def _visit(self, *, timed: bool = True) -> Coroutine[Any, Any, None]:
        """Chosen and counted now, made later."""
        port, page = self._chance.choice(self.ports), self._chance.choice(self.pages)
        hurried = self._chance.random() < self._hurried
        patience = self._chance.uniform(0, PATIENCE_SECONDS) if hurried else None
        self._inside[port] += 1
        return self._go(port, page, patience, timed=timed)

    async def _go(self, port: int, page: str, patience: float | None, *, timed: bool) -> None:
        begin = time.monotonic()
        try:
            response = await self._look(port, page, patience)
        except TimeoutError:
            self.gone += 1
        except OSError as error:
            self.answers[repr(error)] += 1
        else:
            self._note(response)
            if timed:
                self.seconds.append(time.monotonic() - begin)
        finally:
            self._inside[port] -= 1

    async def _look(self, port: int, page: str, patience: float | None) -> bytes:
        """The whole answer. Raises TimeoutError for those in a hurry."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = "Host: 127.0.0.1\r\nAccept-Language: en\r\nConnection: close"
        writer.write(f"GET {page} HTTP/1.1\r\n{head}\r\n\r\n".encode())
        try:
            if patience is not None:
                await asyncio.sleep(patience)
                raise TimeoutError
            return await reader.read()
        finally:
            writer.transport.abort()

    def _note(self, response: bytes) -> None:
        answer = parse(response)
        whole = answer.body.rstrip().endswith(b"</html>")
        self.answers[str(answer.status) if whole else f"{answer.status}, cut short"] += 1
