"""Whoever deletes a roadmap that is being made is no error of ours: its workers just end."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import ClassVar

import pytest
from pytest_django import Settings

from concepts.content import ArtifactKind
from connection_budget.lanes.executor import DbExecutor
from generation import tasks
from generation.models import GenerationRun
from generation.port.briefs import ConceptBrief
from generation.port.outline import Outline
from generation.port.provider import Written
from generation.port.request import OutlineRequest
from generation.puller import runner
from generation.runs.removal import delete_roadmap
from roadmaps.models import Roadmap
from tests.generation.cast import ScriptedProvider, make_outline, open_run

pytestmark = pytest.mark.django_db(transaction=True)


class Deleting(ScriptedProvider):
    """While it is asked, all roadmaps are deleted: when it plans, or when it writes."""

    lanes: ClassVar[DbExecutor]

    def __init__(self, *, planning: bool) -> None:
        super().__init__(make_outline(4), before=self._delete)
        self._planning = planning

    async def outline(self, request: OutlineRequest) -> Written[Outline]:
        if self._planning:
            await self.lanes.run(delete_all)
        return await super().outline(request)

    async def _delete(self, _kind: ArtifactKind, _brief: ConceptBrief) -> None:
        await self.lanes.run(delete_all)


def delete_all() -> None:
    for roadmap in Roadmap.objects.all():
        delete_roadmap(roadmap.pk)


def deleting_the_plan() -> Deleting:
    """By dotted path."""
    return Deleting(planning=True)


def deleting_the_words() -> Deleting:
    return Deleting(planning=False)


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch, db_executor: DbExecutor, settings: Settings) -> None:
    """This process works on runs as a worker's child does."""
    monkeypatch.setattr(runner, "process_executor", lambda: db_executor)
    monkeypatch.setattr(Deleting, "lanes", db_executor, raising=False)
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    settings.CONTENT_PROVIDERS = {
        name: f"{__name__}.{name}" for name in ("deleting_the_plan", "deleting_the_words")
    }


def ordered(provider: str) -> str:
    run_id = open_run(ScriptedProvider(make_outline(4)))
    GenerationRun.objects.filter(pk=run_id).update(provider=provider)
    return str(run_id)


@pytest.mark.parametrize("task", [tasks.start_run, tasks.pull_artifacts])
def test_a_run_that_is_gone_before_its_turn_is_left_alone(task: Callable[[str], object]) -> None:
    task(str(uuid.uuid4()))


@pytest.mark.parametrize("provider", ["deleting_the_plan", "deleting_the_words"])
def test_a_run_that_goes_while_it_is_worked_on_is_let_go(provider: str) -> None:
    tasks.pull_artifacts(ordered(provider))
    assert not Roadmap.objects.exists()
