"""Asks the configured server for a text and an object; prints by how many MiB its peak rose."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import django

django.setup()

from concepts.content import QuizContent  # noqa: E402 - Django must be set up
from generation.port.errors import ProviderError  # noqa: E402
from generation.providers.gateway import repeating  # noqa: E402
from generation.providers.gateway.opening import open_gateway, preload  # noqa: E402
from tests.generation.providers.gateway.conftest import prompt_for  # noqa: E402

repeating.ATTEMPTS = 1


def peak() -> int:
    """In KiB, since it was forgotten."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))


def forget_peak() -> int:
    """What the process holds now, from where its peak is counted."""
    Path("/proc/self/clear_refs").write_text("5")
    return peak()


async def ask() -> list[str]:
    outcomes = []
    async with open_gateway() as gateway:
        for asking in (
            gateway.write_text(prompt_for("tutorial")),
            gateway.write_object(prompt_for("quiz"), QuizContent),
        ):
            try:
                await asking
                outcomes.append("answered")
            except ProviderError:
                outcomes.append("told")
    return outcomes


preload()
before = forget_peak()
told = asyncio.run(ask())
sys.stdout.write(f"{(peak() - before) // 1_024} {' '.join(told)}\n")
