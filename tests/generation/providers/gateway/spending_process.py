"""A process that asks so many things at once for the run that it is told, within the limits; it
prints how many were answered and how many refused."""

import asyncio
import os
import sys
import uuid
from contextlib import closing

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
django.setup()

from connection_budget.lanes.executor import DbExecutor  # noqa: E402 - Django first
from generation.port.allowances import DAY_SPENT  # noqa: E402
from generation.port.provider import opened  # noqa: E402
from generation.providers.dialogue import Prompt  # noqa: E402
from generation.providers.openai.provider import OpenAIProvider  # noqa: E402
from generation.puller.ledger_rows import open_ledger  # noqa: E402
from generation.puller.limits import Limits  # noqa: E402
from generation.puller.patience import PatientDb  # noqa: E402


def prompt_of(name: str, number: int, room: int) -> Prompt:
    words = f"Write the tutorial of lesson {name}-{number}."
    return Prompt("tutorial", "tutorial-1", "You write lessons.", words, max_tokens=room)


async def ask(run_id: uuid.UUID, name: str, calls: int, room: int, db: DbExecutor) -> None:
    provider, limits = OpenAIProvider(), Limits(lease_seconds=3.0)
    ledger = open_ledger(run_id, provider, PatientDb(db, seconds=45), limits, None)
    async with ledger, opened(provider, ledger):
        asking = [
            provider.gateway.write_text(prompt_of(name, number, room)) for number in range(calls)
        ]
        results = await asyncio.gather(*asking, return_exceptions=True)
    refused = [str(result) for result in results if isinstance(result, Exception)]
    assert all(words.startswith(DAY_SPENT) for words in refused), refused
    sys.stdout.write(f"{calls - len(refused)} {len(refused)}\n")


def main(run_id: str, name: str, calls: int, room: int) -> None:
    with closing(DbExecutor(1)) as db:
        asyncio.run(ask(uuid.UUID(run_id), name, calls, room, db))


main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
