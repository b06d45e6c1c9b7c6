"""`manage.py generate_roadmap --plan-first`: it stops with a plan, and goes on when told."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from concepts.models import Concept
from generation.models import GenerationRun
from generation.port.skeleton import Skeleton
from generation.run_states import RunState
from generation.runs import plans
from tests.generation.cast import assert_complete
from tests.generation.stepwise import make_skeleton

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

WISH = ("Tying knots", "--provider", "stepwise", "--concepts", "4", "--plan-first")


@pytest.fixture(autouse=True)
def stepwise(settings: Settings) -> None:
    path = "tests.generation.stepwise.make_stepwise_provider"
    settings.CONTENT_PROVIDERS = settings.CONTENT_PROVIDERS | {"stepwise": path}


def generate(*arguments: str) -> tuple[int, str, str]:
    """Exit code, and what was said on stdout and stderr."""
    out, err = StringIO(), StringIO()
    try:
        call_command("generate_roadmap", *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_it_prints_the_plan_and_how_to_have_it_written_and_ends_with_0() -> None:
    code, said, advice = generate(*WISH)
    run = GenerationRun.objects.get()
    assert (code, run.state) == (0, RunState.PLANNED)
    assert said.splitlines() == [
        "Knots",
        "  4 concepts, beginner: From a bight to a bowline.",
        "1. Part one",
        "   Ropes a",
        "     - The knot c1",
        "     - The knot c2",
        "2. Part two",
        "   Ropes b",
        "     - The knot c3",
        "     - The knot c4",
    ]
    assert f"manage.py generate_roadmap --resume {run.pk}" in advice
    assert not Concept.objects.exists()


def test_resuming_it_means_write_it() -> None:
    generate(*WISH)
    run_id = GenerationRun.objects.get().pk
    code, said, _ = generate("--resume", str(run_id))
    assert (code, said.splitlines()[1]) == (0, "  4 concepts in 2 stages and 2 modules")
    assert_complete(run_id, 4)


def test_there_is_nothing_to_write_of_what_is_known() -> None:
    generate(*WISH)
    run = GenerationRun.objects.get()
    known = make_skeleton(2, known=("c1", "c2", "c3", "c4"))
    plans.change_plan(run.pk, 1, known)
    with pytest.raises(CommandError, match="has to be new to you") as refused:
        generate("--resume", str(run.pk))
    assert refused.value.returncode == 2


def test_programs_get_the_plan_as_json() -> None:
    code, said, advice = generate(*WISH, "--format", "json")
    told, run = json.loads(said), GenerationRun.objects.get()
    assert (code, told["run"]) == (0, {"id": str(run.pk), "state": "planned"})
    assert Skeleton.model_validate(told["plan"]) == make_skeleton(2)
    assert "--resume" in advice


def test_a_dry_run_prints_details_too_and_stores_nothing() -> None:
    code, said, _ = generate(*WISH, "--dry-run")
    assert (code, GenerationRun.objects.exists()) == (0, False)
    assert "     - The knot c1 (20 min)" in said


def test_without_the_option_it_is_written_at_once() -> None:
    code, _, _ = generate(*WISH[:-1])
    assert (code, GenerationRun.objects.get().state) == (0, RunState.READY)


def test_a_run_that_waits_is_not_planned_once_more_by_a_dry_run() -> None:
    generate(*WISH)
    with pytest.raises(CommandError, match="--dry-run belongs to a new order"):
        generate("--resume", str(GenerationRun.objects.get().pk), "--dry-run")
