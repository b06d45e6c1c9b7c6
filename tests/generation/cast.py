"""Providers that do as they are told, and what tests look at afterwards."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from concepts.artifact_states import ArtifactState
from concepts.content import (
    ArtifactContent,
    ArtifactKind,
    ChoiceContent,
    QuestionContent,
    QuizContent,
    ResourceContent,
    ResourcesContent,
    TutorialContent,
)
from concepts.models import Artifact, Choice, Concept, Question, Resource, Tutorial
from generation.dispatch import Order, request_roadmap
from generation.models import GenerationEvent, GenerationRun
from generation.port.briefs import ConceptBrief
from generation.port.errors import ContentError
from generation.port.listening import NOBODY, Listener
from generation.port.outline import ConceptOutline, ModuleOutline, Outline, StageOutline
from generation.port.provider import Written
from generation.port.request import OutlineRequest
from generation.port.spent import Spent

Key = tuple[str, ArtifactKind]
Hook = Callable[[ArtifactKind, ConceptBrief], Awaitable[None]]

KINDS = list(ArtifactKind)


def make_outline(concepts: int, *, requires: dict[str, list[str]] | None = None) -> Outline:
    """Concepts c01, c02, … in two stages, each requiring the one before unless told otherwise."""
    keys = [f"c{number:02}" for number in range(1, concepts + 1)]
    chain = dict(zip(keys, [[], *([key] for key in keys)], strict=False))
    planned = [
        make_concept(key, (chain if requires is None else requires).get(key, [])) for key in keys
    ]
    half = max(1, concepts // 2)
    parts = [part for part in (planned[:half], planned[half:]) if part]
    return Outline(
        title="Knots",
        summary="From a bight to a bowline.",
        language="en",
        level="beginner",
        stages=[
            StageOutline(
                title=f"Part {name}",
                summary="Half of it.",
                modules=[ModuleOutline(title=f"Ropes {name}", summary="All of it.", concepts=part)],
            )
            for name, part in zip(("one", "two"), parts, strict=False)
        ],
    )


def make_concept(key: str, requires: list[str]) -> ConceptOutline:
    return ConceptOutline(
        key=key,
        title=f"The knot {key}",
        summary="A knot.",
        kind="procedure",
        difficulty=2,
        est_minutes=20,
        objectives=["Tie it", "Untie it"],
        keywords=["knot"],
        requires=requires,
    )


def make_content(kind: ArtifactKind, key: str) -> ArtifactContent:
    if kind is ArtifactKind.TUTORIAL:
        return TutorialContent(markdown=f"## Tying {key}\n\nTake the `rope`.")
    if kind is ArtifactKind.RESOURCES:
        return ResourcesContent(
            resources=[
                ResourceContent(
                    title=f"{key} {name}",
                    url=f"https://knots.example/{key}/{name}",
                    kind="docs",
                    why="Pictures.",
                )
                for name in ("first", "second", "third")
            ]
        )
    return QuizContent(questions=[make_question(f"{key} {number}") for number in range(1, 6)])


def make_question(name: str) -> QuestionContent:
    return QuestionContent(
        type="single",
        stem=f"What holds {name}?",
        choices=[
            ChoiceContent(text=text, is_correct=text == "friction", rationale="Try it.")
            for text in ("friction", "magic", "glue", "hope")
        ],
        explanation="Rope on rope.",
        objective="Tie it",
        difficulty=1,
    )


@dataclass
class ScriptedProvider:
    """Writes knots. `fail` maps (concept key, kind) to what is raised, for ever or so many times;
    `content` to what is returned instead; `before` is awaited inside every call."""

    plan: Outline
    fail: Mapping[Key, Exception | list[Exception]] = field(default_factory=dict)
    content: Mapping[Key, ArtifactContent] = field(default_factory=dict)
    before: Hook | None = None
    longest_delay: float = 0.0
    name: str = "scripted"
    model: str = "rope-1"
    authored: bool = False

    calls: Counter[Key] = field(default_factory=Counter)
    outlines: int = 0
    in_flight: int = 0
    most_in_flight: int = 0

    def check_goal(self, request: OutlineRequest) -> None:
        return None

    async def outline(self, request: OutlineRequest) -> Written[Outline]:
        self.outlines += 1
        spent = Spent(calls=1, tokens_in=100, tokens_out=200)
        return Written(self.plan, spent, authored=self.authored)

    async def write(
        self, kind: ArtifactKind, brief: ConceptBrief, listener: Listener = NOBODY
    ) -> Written[ArtifactContent]:
        key = (brief.key, kind)
        self.calls[key] += 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            if self.before is not None:
                await self.before(kind, brief)
            await asyncio.sleep(random.uniform(0, self.longest_delay))
            self._raise_what_is_scripted(key)
        finally:
            self.in_flight -= 1
        content = self.content.get(key) or make_content(kind, brief.key)
        return Written(content, Spent(calls=1, tokens_in=10, tokens_out=20))

    def _raise_what_is_scripted(self, key: Key) -> None:
        scripted = self.fail.get(key)
        if isinstance(scripted, Exception):
            raise scripted
        if scripted:
            raise scripted.pop(0)


def make_small_provider() -> ScriptedProvider:
    """By dotted path, like the next ones: as little as a roadmap may have."""
    return ScriptedProvider(make_outline(4))


def make_authored_provider() -> ScriptedProvider:
    """People wrote as many concepts as there had to be."""
    return ScriptedProvider(make_outline(4), authored=True)


def make_broken_provider() -> ScriptedProvider:
    """It never manages one of its quizzes."""
    fail: dict[Key, Exception | list[Exception]] = {
        ("c02", ArtifactKind.QUIZ): ContentError("It was nonsense.")
    }
    return ScriptedProvider(make_outline(4), fail=fail)


def make_endless_provider() -> ScriptedProvider:
    """It writes one artifact; over the others it is until somebody stops it."""

    async def wait(_kind: ArtifactKind, _brief: ConceptBrief) -> None:
        if provider.calls.total() > 1:
            await asyncio.Event().wait()

    provider = ScriptedProvider(make_outline(4), before=wait)
    return provider


def open_run(provider: ScriptedProvider, **fields: object) -> uuid.UUID:
    concepts = max(4, len(provider.plan.concepts()))
    order = Order(OutlineRequest(goal="Tying knots", concepts=concepts), **fields)  # type: ignore[arg-type]  # passed on as given
    return request_roadmap(order, provider, enqueue=False)


def get_run(run_id: uuid.UUID) -> GenerationRun:
    return GenerationRun.objects.get(pk=run_id)


def artifact(run_id: uuid.UUID, key: str, kind: ArtifactKind) -> Artifact:
    return Artifact.objects.get(concept__roadmap__runs=run_id, concept__outline_key=key, kind=kind)


def assert_complete(run_id: uuid.UUID, concepts: int) -> None:
    """Every artifact is there, all of it, exactly once; the history has no gap and no double."""
    roadmap = get_run(run_id).roadmap
    assert Concept.objects.filter(roadmap=roadmap).count() == concepts
    artifacts = Artifact.objects.filter(concept__roadmap=roadmap)
    assert set(artifacts.values_list("state", flat=True)) == {ArtifactState.READY}
    assert artifacts.count() == 3 * concepts
    rows = {"version__artifact__concept__roadmap": roadmap}
    assert Tutorial.objects.filter(**rows).count() == concepts
    assert Resource.objects.filter(**rows).count() == 3 * concepts
    questions = {f"quiz__{path}": value for path, value in rows.items()}
    assert Question.objects.filter(**questions).count() == 5 * concepts
    choices = {f"question__{path}": value for path, value in questions.items()}
    assert Choice.objects.filter(**choices).count() == 20 * concepts
    assert_history(run_id)


def assert_history(run_id: uuid.UUID) -> None:
    events = list(GenerationEvent.objects.filter(run=run_id).order_by("pk"))
    numbers = sorted(event.seq for event in events)
    assert numbers == list(range(1, get_run(run_id).last_seq + 1))
    ready = Counter(
        (event.concept_id, event.kind) for event in events if event.type == "artifact_ready"
    )
    assert not [key for key, count in ready.items() if count > 1]
