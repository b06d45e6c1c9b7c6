"""Rows that are in no database: a roadmap, its concepts, and who looks at it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from accounts.models import User
from concepts.models import Concept
from concepts.times import Times
from generation.models import GenerationRun
from generation.run_states import RunState
from learning.roadmap.plan import ConceptLine, ModulePlan, RoadmapPlan, StagePlan
from learning.roadmap.states import ConceptState
from roadmaps.models import Roadmap, Visibility

THEN = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
_TITLES = (
    "The bowline",
    "The clove hitch",
    "The sheet bend",
    "The figure eight",
    "The trucker’s hitch",
)


def make_roadmap(number: int = 1, title: str = "Knots for small boats", **more: object) -> Roadmap:
    said = {
        "goal": "Tie knots",
        "slug": "knots",
        "summary": "From the first loop to a line that holds in a storm, and comes loose.",
        "visibility": Visibility.PUBLIC,
        "concept_count": 24,
        "minutes": 380,
        "is_readable": True,
        "created_at": THEN,
    }
    return Roadmap(pk=uuid.UUID(int=number), title=title, **(said | more))


def make_concept(number: int = 1) -> Concept:
    title = _TITLES[number % len(_TITLES)]
    return Concept(
        pk=number,
        roadmap=make_roadmap(),
        title=title,
        slug=f"knot-{number}",
        est_minutes=25,
        practice_minutes=15,
        lesson_minutes=10,
    )


def make_user(*, is_staff: bool = False) -> User:
    return User(pk=1, email="ada@cairn.example", is_staff=is_staff)


def make_run(state: RunState = RunState.RUNNING) -> GenerationRun:
    """One for each state."""
    return GenerationRun(
        pk=uuid.UUID(int=tuple(RunState).index(state)),
        roadmap=make_roadmap(),
        state=state,
        provider="openai",
        model="a-model",
        model_calls=31,
        tokens_in=48_200,
        tokens_out=61_900,
        created_at=THEN,
        started_at=THEN,
    )


def make_plan() -> RoadmapPlan:
    """A concept in every state there is."""
    lines = [_line(number, state) for number, state in enumerate(ConceptState, start=1)]
    for line, before in zip(lines[1:], lines, strict=False):
        line.requires.append(before)
    half = len(lines) // 2
    stages = [
        _stage("On the quay", lines[:half]),
        _stage("Under way, where a hand for the ship and a hand for yourself is all", lines[half:]),
    ]
    return RoadmapPlan("Knots", "", lines, stages, frozenset())


def make_empty_plan() -> RoadmapPlan:
    return RoadmapPlan("Knots", "", [], [], frozenset())


def make_long_plan() -> RoadmapPlan:
    lines = [_line(number, ConceptState.READY) for number in range(1, 130)]
    return RoadmapPlan("Knots", "", lines, [_stage("All of it", lines, 16)], frozenset())


def _stage(title: str, lines: list[ConceptLine], in_a_module: int = 3) -> StagePlan:
    modules = [
        ModulePlan(f"Module {place}", "", lines[start : start + in_a_module])
        for place, start in enumerate(range(0, len(lines), in_a_module), start=1)
    ]
    return StagePlan(title, "What holds, and why.", lines, modules)


def _line(number: int, state: ConceptState) -> ConceptLine:
    is_written = state not in {ConceptState.WRITING, ConceptState.WAITING, ConceptState.FAILED}
    return ConceptLine(
        pk=number,
        title=_TITLES[number % len(_TITLES)],
        slug=f"knot-{number}",
        address=f"/roadmaps/knots/knot-{number}/",
        times=Times(10, 15 + number, 15 if is_written else 0),
        written=ConceptState.READY if is_written else state,
        state=state,
    )
