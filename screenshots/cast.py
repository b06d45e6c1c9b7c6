"""Who looks, and what there is to look at: a roadmap in every state a roadmap can be in."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from concepts.content import ArtifactContent, ArtifactKind
from concepts.models import Concept
from generation.dispatch import Order, request_roadmap
from generation.models import CallOutcome, GenerationRun, ModelCallRecord
from generation.port.briefs import ConceptBrief
from generation.port.errors import ContentError
from generation.port.listening import NOBODY, Listener
from generation.port.provider import Provider, Written
from generation.port.request import OutlineRequest
from generation.port.skeleton import Skeleton
from generation.providers.catalogue import CatalogueProvider, CatalogueRoadmap, find_roadmap
from generation.run_states import RunState
from generation.runs import lifecycle, plans
from learning.models import Learner, Standing
from learning.progress.marks import set_mark
from roadmaps.models import Visibility
from screenshots.arabic import make_arabic_provider
from tests.generation.admin_cast import leave_behind
from tests.generation.scribe import Scribe
from tests.visitors import Visitors, make_visitors

GOAL = "Python web development"
# What else is built in.
OTHERS = {
    "postgresql": "PostgreSQL for application developers",
    "learning-machines": "机器学习入门",
    "spanish": "Spanish for travel",
}
WHY = "The model server refused the key: it is asked no more until somebody has looked."


class ForgetfulProvider(CatalogueProvider):
    """The built-in roadmap, but for a few quizzes that it never gets right."""

    async def write(
        self, kind: ArtifactKind, brief: ConceptBrief, listener: Listener = NOBODY
    ) -> Written[ArtifactContent]:
        if kind is ArtifactKind.QUIZ and len(brief.key) % 5 == 0:
            raise ContentError("two choices of a question say the same")
        return await super().write(kind, brief, listener)


@dataclass
class Cast:
    visitors: Visitors = field(default_factory=make_visitors)
    runs: dict[str, GenerationRun] = field(default_factory=dict)
    # Of signed-in people. Made before a browser is opened: in Playwright's loop the ORM would open
    # a connection of its own.
    cookies: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, scribe: Scribe) -> Scribe:
        run = GenerationRun.objects.select_related("roadmap").get(pk=scribe.run_id)
        self.runs[name] = run
        return scribe


def make_cast() -> Cast:
    cast = Cast()
    _order(cast, "ready").write_all()
    for name, goal in OTHERS.items():
        _order(cast, name, goal=goal).write_all()
    _order(cast, "partial", ForgetfulProvider()).write_all()
    _order(cast, "arabic", make_arabic_provider()).write_all()
    writing = _order(cast, "writing")
    writing.plan()
    writing.write(40)
    writing.claim(5)
    paused = _order(cast, "paused", owner=True)
    paused.plan()
    paused.write(12)
    lifecycle.stop_run(paused.run_id, RunState.PAUSED, WHY, detail="401 Incorrect API key")
    failed = _order(cast, "failed", owner=True)
    failed.start()
    said = "No roadmap of this can be made: the goal names nothing that could be learnt."
    lifecycle.stop_run(failed.run_id, RunState.FAILED, said, instead=[GOAL])
    _order(cast, "waiting", owner=True)
    _order(cast, "planning").start()
    planned = _order(cast, "planned", owner=True)
    planned.start()
    plans.keep_plan(cast.runs["planned"], _skeleton())
    _fill_ledger(list(cast.runs.values()))
    leave_behind(cast.runs["ready"].roadmap, cast.visitors.alice)
    _begin(cast, "spanish", 3)
    _begin(cast, "postgresql", 5)
    cast.visitors.bob.wanted_email = "bob@harbour.example"
    cast.visitors.bob.save()
    for name in ("alice", "bob", "staff"):
        client = cast.visitors.client(name)
        cast.cookies[name] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return cast


def _begin(cast: Cast, name: str, through: int) -> None:
    """Alice is through with so many concepts."""
    learner = Learner.objects.get(user=cast.visitors.alice)
    concepts = Concept.objects.filter(roadmap=cast.runs[name].roadmap).order_by("position")
    for concept in concepts[:through]:
        set_mark(learner, concept, Standing.DONE)


def _order(
    cast: Cast,
    name: str,
    provider: Provider | None = None,
    *,
    goal: str = GOAL,
    owner: bool = False,
) -> Scribe:
    provider = provider or CatalogueProvider()
    order = Order(
        OutlineRequest(goal=goal, hours_per_week=6),
        owner=cast.visitors.alice if owner else None,
        visibility=Visibility.PRIVATE if owner else Visibility.PUBLIC,
    )
    return cast.add(name, Scribe(request_roadmap(order, provider, enqueue=False), provider))


def _built_in() -> CatalogueRoadmap:
    roadmap = find_roadmap(GOAL)
    assert roadmap is not None
    return roadmap


def _skeleton() -> Skeleton:
    """As much of the built-in plan as a model writes first."""
    outline = _built_in().outline.model_dump(exclude={"stages"})
    stages = [
        {
            "title": stage.title,
            "modules": [
                {
                    "title": module.title,
                    "concepts": [{"key": one.key, "title": one.title} for one in module.concepts],
                }
                for module in stage.modules
            ],
        }
        for stage in _built_in().outline.stages
    ]
    return Skeleton.model_validate(outline | {"stages": stages})


def _fill_ledger(runs: list[GenerationRun]) -> None:
    """A day's calls, as a model server would have been asked; of some the price is unknown."""
    chance = random.Random(7)  # noqa: S311 - the same picture every time
    now = timezone.now()
    calls = []
    for hour in range(24):
        for _ in range(chance.randrange(30)):
            at = now - timedelta(hours=hour, minutes=chance.randrange(60))
            calls.append(_call(chance, chance.choice(runs), at))
    ModelCallRecord.objects.bulk_create(calls)
    for run in runs:
        ordered = now - timedelta(days=chance.randrange(2), minutes=chance.randrange(600))
        GenerationRun.objects.filter(pk=run.pk).update(created_at=ordered)


def _call(chance: random.Random, run: GenerationRun, at: Any) -> ModelCallRecord:
    failed = chance.random() < 0.1
    return ModelCallRecord(
        id=uuid.UUID(int=chance.getrandbits(128)),
        run=run,
        at=at,
        purpose=chance.choice(["outline", "tutorial", "resources", "quiz"]),
        prompt_version="3",
        model="large-model-2026",
        attempt=2 if failed else 1,
        outcome=CallOutcome.TRANSIENT if failed else CallOutcome.OK,
        error_class="TransientError" if failed else "",
        seconds=chance.uniform(2, 40),
        tokens_in=chance.randrange(500, 4_000),
        tokens_out=chance.randrange(200, 3_000),
        cost_usd=None if chance.random() < 0.05 else Decimal(chance.randrange(1, 300)) / 10_000,
    )
