"""A process that pulls the run whose id it reads, within a budget; it answers with its state, and
with the number of calls it made."""

import asyncio
import os
import sys
import uuid
from contextlib import closing

import django
from django.conf import settings

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
django.setup()

from connection_budget.lanes.executor import DbExecutor  # noqa: E402 - Django first
from generation.puller.limits import Limits  # noqa: E402
from generation.puller.pipeline import pull  # noqa: E402
from tests.generation.cast import make_outline  # noqa: E402
from tests.generation.paying import PayingProvider  # noqa: E402


def main(concepts: int, longest_delay: float, max_tokens: int, lease_seconds: float) -> None:
    settings.RUN_MAX_TOKENS = max_tokens or None
    provider = PayingProvider(make_outline(concepts), longest_delay=longest_delay)
    limits = Limits(
        model_calls=6,
        batch_concepts=2,
        batch_seconds=0.01,
        poll_seconds=0.02,
        lease_seconds=lease_seconds,
    )
    sys.stdout.write("ready\n")  # so that several begin together
    sys.stdout.flush()
    run_id = uuid.UUID(sys.stdin.readline().strip())
    with closing(DbExecutor(1)) as db:
        state = asyncio.run(pull(run_id, provider=provider, db=db, limits=limits))
    sys.stdout.write(f"{state.value} {provider.asked}\n")


main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
