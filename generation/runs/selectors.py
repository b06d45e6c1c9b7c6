"""Reading runs: plain data out, so that it may cross threads."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from generation.models import EventType, GenerationEvent, GenerationRun
from generation.port.request import OutlineRequest
from generation.run_states import RunState
from roadmaps.models import Roadmap, Visibility
from roadmaps.services import goal_key


def get_run_state(run_id: uuid.UUID) -> RunState:
    return RunState(GenerationRun.objects.values_list("state", flat=True).get(pk=run_id))


def find_refusal(run_id: uuid.UUID) -> str | None:
    """Why the provider would not plan a run's goal; None unless the run ended with that."""
    payload = _last_words(run_id)
    return payload["reason"] if payload.get("refused") else None


def list_suggestions(run_id: uuid.UUID) -> list[str]:
    """Goals that may be meant instead of the one that was refused."""
    return list(_last_words(run_id).get("suggestions", []))


def find_detail(run_id: uuid.UUID) -> str:
    """What a server said when a run was stopped, for operators; empty where nothing was kept."""
    last = GenerationEvent.objects.filter(run_id=run_id).order_by("-seq")
    payload = last.values_list("payload", flat=True).first() or {}
    return str(payload.get("detail", ""))


def _last_words(run_id: uuid.UUID) -> dict[str, Any]:
    ended = GenerationEvent.objects.filter(run_id=run_id, type=EventType.RUN_FINISHED)
    return ended.order_by("-seq").values_list("payload", flat=True).first() or {}


def get_run_reason(run_id: uuid.UUID) -> str:
    """Why a run was stopped or is not whole; empty where there is nothing to tell."""
    return GenerationRun.objects.values_list("reason", flat=True).get(pk=run_id)


def get_run_provider(run_id: uuid.UUID) -> str:
    """Raises GenerationRun.DoesNotExist."""
    return GenerationRun.objects.values_list("provider", flat=True).get(pk=run_id)


def is_gone(run_id: uuid.UUID) -> bool:
    """Whether its roadmap, and so the run, was deleted."""
    return not GenerationRun.objects.filter(pk=run_id).exists()


def get_last_seq(run_id: uuid.UUID) -> int:
    return GenerationRun.objects.values_list("last_seq", flat=True).get(pk=run_id)


def find_finished_run(request: OutlineRequest, *, provider: str) -> uuid.UUID | None:
    """The newest run that made a public roadmap of this very goal, with these options, ready."""
    return (
        GenerationRun.objects.filter(
            roadmap__goal_key=goal_key(request.goal),
            roadmap__visibility=Visibility.PUBLIC,
            state=RunState.READY,
            artifact=None,
            # Whoever wishes to see the plan first is glad that all of it is there; a plan that was
            # looked at may have been changed by hand, and answers nobody else.
            options=replace(request, plan_first=False).options(),
            provider=provider,
        )
        .order_by("-finished_at")
        .values_list("pk", flat=True)
        .first()
    )


def get_newest_run(roadmap: Roadmap) -> GenerationRun | None:
    """Of those that write the roadmap; not one that writes a part of it anew."""
    runs = GenerationRun.objects.filter(roadmap=roadmap, artifact=None)
    return runs.order_by("-created_at").first()
