"""Runs that wait with a plan, and the forms of their page."""

from __future__ import annotations

from typing import Any

from django.test import Client

from accounts.models import User
from generation.models import GenerationRun
from generation.port.skeleton import Skeleton
from generation.runs import plans
from roadmaps.makers import MADE_ROADMAPS
from roadmaps.models import Visibility
from tests.generation.port.skeletons import make_skeleton
from tests.learning.library import open_order

PLAN = make_skeleton(8)


def make_planned(
    skeleton: Skeleton = PLAN,
    *,
    owner: User | None = None,
    visibility: Visibility = Visibility.PRIVATE,
) -> GenerationRun:
    """As a puller leaves it that was told to show the plan first."""
    seen = visibility if owner else Visibility.UNLISTED
    scribe = open_order(owner=owner, visibility=seen)
    scribe.start()
    assert plans.keep_plan(GenerationRun.objects.get(pk=scribe.run_id), skeleton)
    return GenerationRun.objects.select_related("roadmap").get(pk=scribe.run_id)


def whoever_made(run: GenerationRun) -> Client:
    client = Client()
    client.get("/")
    session = client.session
    session[MADE_ROADMAPS] = [str(run.roadmap_id)]
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    return client


def form_of(run: GenerationRun, act: str = "save", **changes: Any) -> dict[str, Any]:
    """What a browser sends that changes nothing else."""
    plan = plans.find_plan(run.pk)
    assert plan is not None
    known = [concept.key for concept in plan.skeleton.concepts() if concept.known]
    return {"version": plan.version, "boxes": "1", "known": known, "act": act} | changes


def skeleton_of(run: GenerationRun) -> Skeleton:
    plan = plans.find_plan(run.pk)
    assert plan is not None
    return plan.skeleton
