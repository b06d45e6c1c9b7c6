"""A plan that waits for its learner's word."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from generation.port.skeleton import (
    Skeleton,
    SkeletonConcept,
    SkeletonModule,
    SkeletonStage,
    concept_key,
)
from generation.run_states import RunState
from generation.runs.plans import Plan
from learning.planning.page import Facts, list_parts
from learning.styleguide.cast import THEN, make_run
from learning.styleguide.sample import Component, Sample
from roadmaps.bounds import TITLE_MAX_CHARACTERS
from roadmaps.models import Level

FACTS, FORM, PART = (f"learning/_plan_{name}.html" for name in ("facts", "form", "part"))


def list_components() -> list[Component]:
    wrong = {"wish_problem": "Say what is missing, or what there is too much of."}
    return [
        Component("What a plan takes", _facts()),
        Component("A part of a plan", [Sample("a module", PART, _module()), *_concepts()]),
        Component(
            "The form of a plan",
            [Sample("as it is", FORM, _form()), Sample("in error", FORM, _form() | wrong)],
        ),
    ]


def _facts() -> list[Sample]:
    day = date(2027, 3, 14)
    own = Facts(36, 4, 19, 5, False, day, 250_000, Decimal("0.41"))
    assumed = Facts(1, 0, 1, 5, True, day, 7_000, None)
    return [
        Sample("at one's own pace", FACTS, {"facts": own}),
        Sample("at some pace, at an unknown price", FACTS, {"facts": assumed}),
    ]


def _skeleton() -> Skeleton:
    concepts = [
        SkeletonConcept(key=concept_key(number), title=title, known=number == 1)
        for number, title in enumerate(("Ropes and twine", "The bowline"), start=1)
    ]
    stage = SkeletonStage(
        title="Knots that hold", modules=[SkeletonModule(title="Loops", concepts=concepts)]
    )
    return Skeleton(
        title="Knots", summary="From a loop to a line.", language="en", level="beginner",
        stages=[stage],
    )  # fmt: skip


def _form() -> dict[str, Any]:
    skeleton = _skeleton()
    return {
        "run": make_run(RunState.PLANNED),
        "plan": Plan(uuid.UUID(int=1), 3, skeleton),
        "skeleton": skeleton,
        "title": skeleton.title,
        "level": skeleton.level,
        "parts": list_parts(skeleton),
        "levels": Level.choices,
        "title_length": TITLE_MAX_CHARACTERS,
        "kept_until": THEN,
    }


def _module() -> dict[str, Any]:
    return _form() | {"part": list_parts(_skeleton())[0].modules[0], "kind": "Module"}


def _concepts() -> list[Sample]:
    return [
        Sample(
            "known" if concept.known else "a concept",
            PART,
            _form() | {"part": concept, "name": concept.key, "kind": "Concept", "is_concept": True},
        )
        for concept in _skeleton().concepts()
    ]
