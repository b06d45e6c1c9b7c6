"""A process that asks a model server without a pause until its standard input is closed.

Arguments: a name that its prompts carry, and requests a minute. The server and Redis are in the
environment.
"""

from __future__ import annotations

import asyncio
import dataclasses
import sys

import django

django.setup()

from generation.providers.dialogue import Gateway, Prompt  # noqa: E402
from generation.providers.gateway.opening import configured_endpoint, open_gateway  # noqa: E402

CALLERS = 8


async def main(name: str, requests_per_minute: float) -> None:
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


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
