"""A process of its own that pulls every run whose id it reads, one a line, and answers "done"."""

import asyncio
import os
import sys
import uuid
from contextlib import closing
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
django.setup()

from concepts.content import ArtifactContent, ArtifactKind, TutorialContent  # noqa: E402
from connection_budget.lanes.executor import DbExecutor  # noqa: E402 - Django first
from generation.puller.limits import Limits  # noqa: E402
from generation.puller.pipeline import pull  # noqa: E402
from tests.generation.cast import Key, ScriptedProvider, make_outline  # noqa: E402

LIMITS = Limits(
    model_calls=6, batch_concepts=2, batch_seconds=0.01, poll_seconds=0.02, lease_seconds=1.0
)


class LongTutorials(dict[Key, ArtifactContent]):
    """Tutorials of so many characters, made when they are asked for and kept by nobody."""

    def __init__(self, characters: int) -> None:
        super().__init__()
        self._characters = characters

    def get(self, key: Key, default: Any = None) -> Any:
        name, kind = key
        if kind is not ArtifactKind.TUTORIAL or not self._characters:
            return default
        sentence = f"The rope of {name} goes over, under and through. "
        return TutorialContent(markdown=sentence * (self._characters // len(sentence)))


def main(concepts: int, longest_delay: float, characters: int = 0) -> None:
    provider = ScriptedProvider(
        make_outline(concepts), longest_delay=longest_delay, content=LongTutorials(characters)
    )
    with closing(DbExecutor(1)) as db:
        for line in sys.stdin:
            run_id = uuid.UUID(line.strip())
            state = asyncio.run(pull(run_id, provider=provider, db=db, limits=LIMITS))
            sys.stdout.write(f"{state.value}\n")
            sys.stdout.flush()
        sys.stdout.write(f"calls {provider.calls.total()}\n")


main(int(sys.argv[1]), float(sys.argv[2]), *map(int, sys.argv[3:]))
