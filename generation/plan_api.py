"""The API's part about plans that wait for their learner's word."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema
from ninja.errors import HttpError
from pydantic import ValidationError

from accounts.json_errors import WrongFields, refusals
from accounts.limits.rules import address_of
from concepts.bounds import OUTLINE_KEY_MAX_CHARACTERS
from generation import plan_orders
from generation.admission import Asker
from generation.api import Run, describe_run
from generation.models import GenerationRun
from generation.port.outline import MOST_CONCEPTS
from generation.port.skeleton import Skeleton, concept_key
from generation.port.skeleton_edits import TOO_MANY, EditRefused, last_number
from generation.runs import plans
from generation.runs.access import get_visible_run
from generation.runs.estimates import estimate_run
from roadmaps.bounds import TITLE_MAX_CHARACTERS, LevelName

router = Router(tags=["plans"])

# A character outside ASCII may be written so: \ud83d\ude00.
_CHARACTER_BYTES = 12
# What JSON puts around the titles of a concept, indented.
_FRAME_BYTES = 1_000
# The largest plan there may be: each concept in a module and a stage of its own.
PLAN_MAX_BYTES = _CHARACTER_BYTES * TITLE_MAX_CHARACTERS + MOST_CONCEPTS * (
    _CHARACTER_BYTES * (OUTLINE_KEY_MAX_CHARACTERS + 3 * TITLE_MAX_CHARACTERS) + _FRAME_BYTES
)
# Of its address, which Django names after the first of its operations.
PLAN_URL_NAMES = {"get_plan", "change_plan"}

_Title = Annotated[str, Field(max_length=TITLE_MAX_CHARACTERS)]


class PlanConcept(Schema):
    """`key` is that of the plan; a new concept has none. What is `known` is not written."""

    key: Annotated[str, Field(max_length=OUTLINE_KEY_MAX_CHARACTERS)] | None = None
    title: _Title
    known: bool = False


class PlanModule(Schema):
    title: _Title
    concepts: Annotated[list[PlanConcept], Field(min_length=1, max_length=MOST_CONCEPTS)]


class PlanStage(Schema):
    title: _Title
    modules: Annotated[list[PlanModule], Field(min_length=1, max_length=MOST_CONCEPTS)]


class ChangedPlan(Schema):
    """`version` is the one that was read: a plan that was changed since stays as it is."""

    version: Annotated[int, Field(strict=True, ge=0)]
    title: _Title | None = None
    level: LevelName | None = None
    stages: Annotated[list[PlanStage], Field(min_length=1, max_length=MOST_CONCEPTS)]


class ToldPlan(Schema):
    """`tokens` and `cost_usd` are what writing it may take, as far as anybody knows."""

    version: int
    title: str
    summary: str
    language: str
    level: str
    assumptions: list[str]
    stages: list[PlanStage]
    concepts: int
    known: int
    tokens_in: int
    tokens_out: int
    cost_usd: float | None
    kept_until: datetime | None


@router.get(
    "runs/{uuid:run_id}/plan",
    response={200: ToldPlan} | refusals(401, 403, 404, 409),
    operation_id="get_plan",
    url_name="get_plan",
)
def show_plan(request: HttpRequest, run_id: uuid.UUID) -> Any:
    """The plan of a run that is `planned`: nothing of it is written yet."""
    run = plan_orders.get_changeable_run(request.user, request.session, run_id)
    with _refused():
        return _tell(run, plans.read_plan(run))


@router.put(
    "runs/{uuid:run_id}/plan",
    response={200: ToldPlan} | refusals(401, 403, 404, 409, 413, 422, 429),
    operation_id="change_plan",
    url_name="change_plan",
)
def change_plan(request: HttpRequest, run_id: uuid.UUID, changed: ChangedPlan) -> Any:
    """Put another plan in its place. A concept keeps its `key` wherever it goes."""
    run = plan_orders.get_changeable_run(request.user, request.session, run_id)
    asker = Asker.of(request.user, request.session, address_of(request))
    with _refused():
        plan = plans.read_plan(run)
        if plan.version != changed.version:
            raise plans.PlanStale
        wanted = _changed(plan.skeleton, changed)
        plan = plan_orders.change_plan(run, asker, changed.version, wanted)
    run.refresh_from_db()
    return _tell(run, plan)


@router.post(
    "runs/{uuid:run_id}/approve",
    response={200: Run} | refusals(401, 403, 404, 409),
    operation_id="approve_plan",
    url_name="approve_plan",
)
def approve(request: HttpRequest, run_id: uuid.UUID) -> Any:
    """Have the plan written as it is."""
    run = plan_orders.get_changeable_run(request.user, request.session, run_id)
    with _refused():
        plan_orders.write_plan(run.pk)
    return describe_run(get_visible_run(request.user, run_id))


@router.post(
    "runs/{uuid:run_id}/discard",
    response={200: Run} | refusals(401, 403, 404, 409),
    operation_id="discard_plan",
    url_name="discard_plan",
)
def discard(request: HttpRequest, run_id: uuid.UUID) -> Any:
    """Nothing of the plan is written, and it cannot be had back."""
    run = plan_orders.get_changeable_run(request.user, request.session, run_id)
    with _refused():
        plans.discard_plan(run.pk)
    return describe_run(get_visible_run(request.user, run_id))


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except plans.NotPlanned:
        raise HttpError(409, _("This run has no plan that waits for a word.")) from None
    except plans.PlanStale:
        words = _("The plan was changed meanwhile: read it again, and change that.")
        raise HttpError(409, words) from None
    except EditRefused as refusal:
        words = _(refusal.message)
        raise WrongFields(
            {"stages": words % refusal.values if refusal.values else words}
        ) from refusal


def _changed(plan: Skeleton, changed: ChangedPlan) -> Skeleton:
    """Raises EditRefused."""
    modules = [module for stage in changed.stages for module in stage.modules]
    if sum(len(module.concepts) for module in modules) > MOST_CONCEPTS:
        raise EditRefused(TOO_MANY)
    told = {"title": changed.title, "level": changed.level}
    wanted = plan.model_dump() | {name: value for name, value in told.items() if value is not None}
    wanted["stages"] = [stage.model_dump() for stage in changed.stages]
    _give_keys(plan, wanted["stages"])
    try:
        return Skeleton.model_validate(wanted)
    except ValidationError as error:
        raise WrongFields(dict(_by_place(error))) from error


def _give_keys(plan: Skeleton, stages: list[dict[str, Any]]) -> None:
    known = {concept.key for concept in plan.concepts()}
    number = last_number(plan)
    for stage in stages:
        for module in stage["modules"]:
            for concept in module["concepts"]:
                if concept["key"] is None:
                    number += 1
                    concept["key"] = concept_key(number)
                elif concept["key"] not in known:
                    raise WrongFields({"stages": _("A key is not of this plan, or stands twice.")})
                else:
                    known.remove(concept["key"])


def _by_place(error: ValidationError) -> Iterator[tuple[str, str]]:
    for fault in error.errors(include_input=False, include_context=False)[:20]:
        yield ".".join(map(str, fault["loc"])) or "stages", fault["msg"]


def _tell(run: GenerationRun, plan: plans.Plan) -> dict[str, Any]:
    concepts = plan.skeleton.concepts()
    known = sum(concept.known for concept in concepts)
    estimate = estimate_run(len(concepts) - known, run.model)
    return plan.skeleton.model_dump() | {
        "version": plan.version,
        "concepts": len(concepts),
        "known": known,
        "tokens_in": estimate.tokens_in,
        "tokens_out": estimate.tokens_out,
        "cost_usd": estimate.cost_usd,
        "kept_until": run.planned_until,
    }
