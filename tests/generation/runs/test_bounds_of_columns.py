"""What people may type fits the columns it is stored in."""

from __future__ import annotations

import asyncio
import random
import unicodedata

import pytest
from django.apps import apps
from django.db import models

from connection_budget.lanes.executor import DbExecutor
from generation.dispatch import Order, request_roadmap
from generation.port.errors import GoalRefused
from generation.port.request import OutlineRequest
from generation.puller.limits import Limits
from generation.puller.pipeline import pull
from generation.run_states import RunState
from roadmaps.bounds import INDEXED_MAX_BYTES
from roadmaps.models import Roadmap
from roadmaps.services import goal_key
from tests.generation.cast import ScriptedProvider, get_run, make_outline, open_run


def _odd(first: str, last: str) -> str:
    """500 letters that fold to many bytes, and that nothing presses together."""
    rng = random.Random(first)
    return "Go" + "".join(chr(rng.randrange(ord(first), ord(last))) for _ in range(498))


def _grown() -> str:
    """Each letter that folding makes long, once, and others that take four bytes: some 500 of
    either kind alone are pressed together, or short enough."""
    long = [sign for sign in map(chr, range(0x80, 0x20000)) if _is_grown(sign)]
    return "".join(long) + _odd("\U00020000", "\U0002a6d0")[len(long) :]


def _is_grown(sign: str) -> bool:
    folded = unicodedata.normalize("NFKC", sign).casefold()
    return (
        unicodedata.is_normalized("NFC", sign) and sign.isprintable() and len(folded.encode()) > 7
    )


PROVIDER = ScriptedProvider(make_outline(30))
# Written by us, never by anybody else, or in ASCII by rule.
ONE_BYTE_A_CHARACTER = {"url_canonical"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "goal",
    [
        "a" * 500,
        "\ufdfa" * 500,
        "é🙂" * 250,
        _odd("\U00020000", "\U0002a6d0"),
        _odd("\u3300", "\u3357"),
        _grown(),
    ],
    ids=lambda goal: goal[:3],
)
def test_the_longest_goals_are_stored(goal: str) -> None:
    request_roadmap(Order(OutlineRequest(goal)), PROVIDER, enqueue=False)
    assert Roadmap.objects.get().goal == goal


def _indexed() -> dict[str, int]:
    """Of each column of ours that an index holds, the most bytes it takes there."""
    found = {}
    for model in apps.get_models():
        if not model.__module__.startswith(
            ("accounts", "roadmaps", "concepts", "generation", "learning")
        ):
            continue
        told = [index.fields for index in model._meta.indexes]
        told += [
            rule.fields
            for rule in model._meta.constraints
            if isinstance(rule, models.UniqueConstraint)
        ]
        names = {name.lstrip("-") for fields in told for name in fields}
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField)
            if is_text and (
                field.name in names or field.unique or getattr(field, "db_index", False)
            ):
                each = 1 if field.name in ONE_BYTE_A_CHARACTER else 4
                found[f"{model.__name__}.{field.name}"] = each * (field.max_length or 10**9)
    return found


def test_every_index_takes_the_longest_text_of_its_column() -> None:
    found = _indexed()
    assert len(found) >= 5
    # A goal's key is cut in bytes.
    assert found.pop("Roadmap.goal_key") > INDEXED_MAX_BYTES
    assert {name: most for name, most in found.items() if most > INDEXED_MAX_BYTES} == {}


def test_the_key_of_a_goal_is_cut_between_letters() -> None:
    assert len(goal_key("\ufdfa" * 500).encode()) <= INDEXED_MAX_BYTES
    assert len(goal_key(_grown()).encode()) in range(INDEXED_MAX_BYTES - 3, INDEXED_MAX_BYTES + 1)


@pytest.mark.django_db
def test_a_language_tag_without_end_is_refused() -> None:
    request = OutlineRequest("Tying knots", language="en" + "-abcdefgh" * 10)
    with pytest.raises(GoalRefused, match="language tag"):
        request_roadmap(Order(request), PROVIDER, enqueue=False)


def test_an_outline_that_cannot_be_stored_fails_the_run_with_the_reason(
    db_executor: DbExecutor,
) -> None:
    plan = make_outline(4).model_copy(update={"title": "Knots\x00"})
    provider = ScriptedProvider(plan)
    run_id = open_run(provider)
    limits = Limits(poll_seconds=0.02)
    state = asyncio.run(pull(run_id, provider=provider, db=db_executor, limits=limits))
    assert state == RunState.FAILED
    assert "NUL character" in get_run(run_id).reason
