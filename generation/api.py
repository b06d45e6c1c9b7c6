"""The API's part about runs: ordering a roadmap, following, cancelling and resuming it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Header, Query, Router, Schema, Status
from ninja.errors import HttpError
from pydantic import BeforeValidator, ConfigDict

from accounts.json_errors import WrongFields, refusals
from accounts.limits.rules import address_of
from generation import orders
from generation.live.pages import describe_event, give_concepts, tell_reason
from generation.models import GenerationEvent, GenerationRun
from generation.order_keys import CallerKey
from generation.port.goals import CONCEPTS, HOURS_PER_WEEK, check_wishes
from generation.port.request import OutlineRequest
from generation.port.skeleton_edits import ALL_KNOWN
from generation.run_states import OPEN, RunState
from generation.runs import lifecycle
from generation.runs.access import get_visible_run
from generation.runs.learner_words import explain_artifact
from generation.runs.progress import look_at_progress
from generation.runs.reports import list_failures
from generation.runs.selectors import list_suggestions
from roadmaps.access import may_change
from roadmaps.bounds import LANGUAGE_TAG_MAX_CHARACTERS, LevelName
from roadmaps.makers import made_roadmaps

EVENTS_ON_A_PAGE, MOST_EVENTS = 100, 500
# No run has more events than a number of so many figures.
FARTHEST_EVENT = 10**18
KEY_MAX_CHARACTERS = REFERENCE_MAX_CHARACTERS = 200

router = Router(tags=["runs"])


def _written_as_text(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("Write a date as text, such as 2027-03-31.")  # noqa: TRY004 - pydantic takes no TypeError
    return value


def _whole(bounds: range) -> Any:
    return Field(strict=True, ge=bounds.start, le=bounds.stop - 1)


class Goal(Schema):
    user_request: str = Field(description="What you want to learn, in any language.")
    user_id: str | None = Field(
        None,
        max_length=REFERENCE_MAX_CHARACTERS,
        description="Your own reference. It says nothing of who you are, and is not kept.",
    )
    level: LevelName | None = None
    language: str | None = Field(
        None, max_length=LANGUAGE_TAG_MAX_CHARACTERS, description="Such as en or zh-Hans."
    )
    hours_per_week: Annotated[int, _whole(HOURS_PER_WEEK)] | None = None
    target_date: Annotated[date, BeforeValidator(_written_as_text)] | None = None
    concepts: Annotated[int, _whole(CONCEPTS)] | None = None
    plan_first: bool = Field(
        False,
        strict=True,
        description="Stop when there is a plan: it can be changed, and is written once approved.",
    )

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"user_request": "Python web development", "user_id": "my-reference"}
        }
    )

    def to_request(self) -> OutlineRequest:
        return OutlineRequest(
            self.user_request,
            self.level,
            self.language,
            self.hours_per_week,
            self.target_date,
            self.concepts,
            self.plan_first,
        )


class Accepted(Schema):
    run_id: uuid.UUID
    roadmap_id: uuid.UUID
    status_url: str
    roadmap_url: str
    events_url: str


class Failure(Schema):
    concept: str
    artifact: str
    error: str


class Run(Accepted):
    """`reason`: why it is not what was asked for. `artifacts` are tutorials, lists and quizzes."""

    state: str
    is_open: bool
    reason: str
    title: str
    artifacts: dict[str, int]
    failures: list[Failure]
    suggestions: list[str]
    last_seq: int
    provider: str
    model: str
    model_calls: int
    tokens_in: int
    tokens_out: int
    cost_usd: float | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    resumes_at: datetime | None = Field(
        description="When a run that a day's limit has paused goes on by itself; else null."
    )


class Event(Schema):
    seq: int
    type: str
    at: datetime
    text: str
    concept: str = ""
    artifact: str = ""


class Events(Schema):
    """`next` is the number to ask `after` next; `more`: there is something there already."""

    events: list[Event]
    next: int
    more: bool


@router.post(
    "roadmaps/generate",
    response={202: Accepted} | refusals(400, 403, 409, 413, 422, 429),
    operation_id="generate_roadmap",
    url_name="generate_roadmap",
)
def generate(
    request: HttpRequest,
    goal: Goal,
    idempotency_key: Annotated[
        str | None,
        Header(None, alias="Idempotency-Key", min_length=1, max_length=KEY_MAX_CHARACTERS),
    ],
) -> Any:
    """Order a roadmap.

    It is yours alone where you are signed in; else everybody can read it who knows its address.
    With the same `Idempotency-Key` the same order gives the same run.
    """
    wanted = goal.to_request()
    if problems := check_wishes(wanted, timezone.localdate()):
        raise WrongFields(problems)
    caller = CallerKey(idempotency_key, goal.user_id or "") if idempotency_key else None
    run = orders.place_order(
        wanted,
        request.user,
        request.session,
        address=address_of(request),
        caller=caller,
        remembers=bool(request.session.session_key),
    )
    return Status(202, _addresses(run))


@router.get(
    "runs/{uuid:run_id}",
    response={200: Run} | refusals(404),
    operation_id="get_run",
    url_name="get_run",
)
def show_run(request: HttpRequest, run_id: uuid.UUID) -> Any:
    """How far a run is. Whoever sees its roadmap sees it: its id is a secret to others."""
    return describe_run(get_visible_run(request.user, run_id))


@router.get(
    "runs/{uuid:run_id}/events",
    response={200: Events} | refusals(404, 422),
    operation_id="list_events",
    url_name="list_events",
)
def show_events(
    request: HttpRequest,
    run_id: uuid.UUID,
    after: Annotated[int, Query(0, ge=0, le=FARTHEST_EVENT)],
    limit: Annotated[int, Query(EVENTS_ON_A_PAGE, ge=1, le=MOST_EVENTS)],
) -> Any:
    """What has happened, in the order of `seq`: numbers without a gap."""
    run = get_visible_run(request.user, run_id)
    rows = run.events.filter(seq__gt=after).order_by("seq")
    found = list(rows[: limit + 1])
    shown = found[:limit]
    give_concepts(run, shown)
    return {
        "events": [_tell(event) for event in shown],
        "next": shown[-1].seq if shown else after,
        "more": len(found) > limit,
    }


@router.post(
    "runs/{uuid:run_id}/cancel",
    response={200: Run} | refusals(401, 403, 404, 409),
    operation_id="cancel_run",
    url_name="cancel_run",
)
def cancel(request: HttpRequest, run_id: uuid.UUID) -> Any:
    """Stop a run; what is written stays. Cancelling twice is no mistake."""
    run = _get_changeable_run(request, run_id)
    if run.state != RunState.CANCELLED:
        reason = _("It was cancelled through the API.")
        if not lifecycle.stop_run(run.pk, RunState.CANCELLED, reason):
            raise HttpError(409, _("This run has ended already; there is nothing to cancel."))
    return describe_run(get_visible_run(request.user, run_id))


@router.post(
    "runs/{uuid:run_id}/resume",
    response={200: Run} | refusals(401, 403, 404, 409, 429),
    operation_id="resume_run",
    url_name="resume_run",
)
def resume(request: HttpRequest, run_id: uuid.UUID) -> Any:
    """Have what is missing written, after a pause, a failure or a cancellation."""
    run = _get_changeable_run(request, run_id)
    if RunState(run.state) not in OPEN:
        address = address_of(request)
        if not orders.resume_order(run, request.user, request.session, address=address):
            if run.state == RunState.PLANNED:
                raise HttpError(409, _(ALL_KNOWN))
            raise HttpError(409, _("Everything of this run is written; nothing can be resumed."))
    return describe_run(get_visible_run(request.user, run_id))


def _get_changeable_run(request: HttpRequest, run_id: uuid.UUID) -> GenerationRun:
    """Raises Http404 where it is not seen, PermissionDenied where it is not theirs."""
    run = get_visible_run(request.user, run_id)
    if not may_change(request.user, run.roadmap, made_roadmaps(request.session)):
        raise PermissionDenied
    return run


def _addresses(run: GenerationRun) -> dict[str, Any]:
    return {
        "run_id": run.pk,
        "roadmap_id": run.roadmap_id,
        "status_url": settings.SITE_URL + reverse("api:get_run", args=[run.pk]),
        "roadmap_url": settings.SITE_URL + run.roadmap.get_absolute_url(),
        "events_url": settings.SITE_URL + reverse("api:list_events", args=[run.pk]),
    }


def describe_run(run: GenerationRun) -> dict[str, Any]:
    progress, state = look_at_progress(run), RunState(run.state)
    failures = list_failures(run.roadmap_id) if run.artifact_id is None else []
    plain = (
        "state", "last_seq", "provider", "model", "model_calls", "tokens_in", "tokens_out",
        "cost_usd", "created_at", "started_at", "finished_at",
    )  # fmt: skip
    return (
        _addresses(run)
        | {name: getattr(run, name) for name in plain}
        | {
            "is_open": state in OPEN,
            "resumes_at": run.resumes_at if state is RunState.PAUSED else None,
            "reason": tell_reason(run),
            "title": run.roadmap.title,
            "artifacts": {
                "total": progress.artifacts,
                "ready": progress.ready,
                "failed": progress.failed,
            },
            "failures": [
                failure | {"error": explain_artifact(failure["error"])} for failure in failures
            ],
            "suggestions": list_suggestions(run.pk) if state is RunState.FAILED else [],
        }
    )


def _tell(event: GenerationEvent) -> dict[str, Any]:
    return {
        "seq": event.seq,
        "type": event.type,
        "at": event.created_at,
        "text": describe_event(event),
        "concept": event.concept.title if event.concept else "",
        "artifact": event.kind,
    }
