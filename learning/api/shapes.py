"""What the API tells of roadmaps and concepts."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from ninja import Schema


class RoadmapProgress(Schema):
    """The number of the pages: concepts that you are through with, of all there are."""

    through: int
    total: int
    percent: int


class TimesOut(Schema):
    """`minutes` is what it takes: `lesson_minutes` and `practice_minutes` together.
    `reading_minutes` are those of the resources, which nobody has to read."""

    minutes: int
    lesson_minutes: int
    practice_minutes: int
    reading_minutes: int


class RoadmapLine(TimesOut):
    """`is_ready`: all of it has been written. `is_own`: you made it, or it is yours."""

    id: uuid.UUID
    slug: str
    url: str
    title: str
    summary: str
    language: str
    level: str
    visibility: str
    concepts: int
    is_ready: bool
    is_own: bool
    created_at: datetime
    progress: RoadmapProgress


class RoadmapPage(Schema):
    """`next` is the address of the page that follows; null: there is none."""

    roadmaps: list[RoadmapLine]
    next: str | None


class ConceptLine(TimesOut):
    """`state`: how far it is written. `standing`: done, known or skipped by you; null: open."""

    id: uuid.UUID
    slug: str
    url: str
    title: str
    summary: str
    kind: str
    difficulty: int
    requires: list[uuid.UUID]
    state: str
    standing: str | None


class ModuleOut(Schema):
    title: str
    summary: str
    concepts: list[ConceptLine]


class StageOut(Schema):
    title: str
    summary: str
    modules: list[ModuleOut]


class NewestRun(Schema):
    run_id: uuid.UUID
    state: str


class RoadmapOut(RoadmapLine):
    assumptions: list[str]
    hours_per_week: int | None
    target_date: date | None
    run: NewestRun | None
    stages: list[StageOut]


class Provenance(Schema):
    """`origin`: `built_in` or `generated`. `version` counts the texts of this part."""

    origin: str
    provider: str
    model: str
    prompt_version: str
    language: str
    version: int
    written_at: datetime
    reviewed_on: date | None


class PartOut(Schema):
    """`state` of the artifact; `error`: why it failed. `provenance` is null before it is there."""

    state: str
    error: str
    provenance: Provenance | None


class TutorialOut(PartOut):
    markdown: str | None
    html: str | None
    reading_minutes: int | None


class ResourceOut(Schema):
    """`url` is null where the link may not be shown. `state`: what was found when it was followed
    last: `unchecked`, `works`, `moved`, `restricted`, `dead`."""

    kind: str
    title: str
    url: str | None
    language: str
    why: str
    minutes: int | None
    is_free: bool
    state: str
    checked_at: datetime | None


class ResourcesOut(PartOut):
    resources: list[ResourceOut]


class QuestionOut(Schema):
    """A question before it is answered: which choice is right, and why, is told on the page.
    `type`: `single`, `multiple`, `true_false`; `output` to be predicted, without choices; `order`,
    whose choices are lines to be put in order; `faulty_line`, whose choices are numbered lines."""

    position: int
    type: str
    stem: str
    difficulty: int
    choices: list[str]


class QuizOut(PartOut):
    questions: list[QuestionOut]


class ConceptOut(ConceptLine):
    """`changed`: the tutorial is another one since you were done with it."""

    roadmap_id: uuid.UUID
    objectives: list[str]
    keywords: list[str]
    changed: bool
    tutorial: TutorialOut
    resources: ResourcesOut
    quiz: QuizOut
