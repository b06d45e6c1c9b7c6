"""A worker's parent in small: loads the gateway, forks, and the children ask a model server.

Prints, in MiB a child: private memory before its first call, and after `CALLS`.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from config.celery import load_gateway

CHILDREN, CALLS = 2, 20


def private_mib() -> float:
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


async def ask() -> None:
    from concepts.content import QuizContent
    from generation.providers.dialogue import Prompt
    from generation.providers.gateway.opening import open_gateway

    async with open_gateway() as gateway:
        for number in range(CALLS):
            prompt = Prompt("quiz", "quiz-1", "You write on bees.", f"For {number}.", 500)
            await gateway.write_object(prompt, QuizContent)
            await gateway.write_text(prompt)


def be_child(result: int) -> None:
    before = private_mib()
    asyncio.run(ask())
    os.write(result, json.dumps([before, private_mib()]).encode())


def main() -> None:
    load_gateway()
    measured = []
    for _ in range(CHILDREN):
        reading, writing = os.pipe()
        if not (child := os.fork()):
            be_child(writing)
            os._exit(0)
        os.waitpid(child, 0)
        measured.append(json.loads(os.read(reading, 1_000)))
    json.dump({"loaded": "pydantic_ai" in sys.modules, "children": measured}, sys.stdout)


if __name__ == "__main__":
    import django

    django.setup()
    main()
