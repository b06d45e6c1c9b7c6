"""Processes that ask a model server without a pause until their standard input is closed.

Arguments: requests a minute, and a name for each process, which its prompts carry. What they need
is loaded once, before they fork. The server and Redis are in the environment.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import sys

import django

django.setup()

from generation.providers.dialogue import Gateway, Prompt  # noqa: E402
from generation.providers.gateway.opening import (  # noqa: E402
    configured_endpoint,
    open_gateway,
    preload,
)

CALLERS = 8


async def ask(name: str, requests_per_minute: float) -> None:
    endpoint = dataclasses.replace(configured_endpoint(), requests_per_minute=requests_per_minute)
    async with open_gateway(endpoint) as gateway:
        callers = [asyncio.create_task(ask_for_ever(gateway, name)) for _ in range(CALLERS)]
        over = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        await asyncio.wait([over, *callers], return_when=asyncio.FIRST_COMPLETED)
        for caller in callers:
            caller.cancel()
        await asyncio.gather(*callers, return_exceptions=True)


async def ask_for_ever(gateway: Gateway, name: str) -> None:
    prompt = Prompt("tutorial", "tutorial-1", "You write on bees.", f"For {name}.", 500)
    while True:
        await gateway.write_text(prompt)


def be_child(name: str, requests_per_minute: float) -> None:
    try:
        asyncio.run(ask(name, requests_per_minute))
    finally:
        os._exit(0)


def main(requests_per_minute: float, names: list[str]) -> None:
    preload()
    for name in names:
        if not os.fork():
            be_child(name, requests_per_minute)
    for _ in names:
        os.wait()


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2:])
