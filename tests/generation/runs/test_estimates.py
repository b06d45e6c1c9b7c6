"""What a roadmap will take is told from what the last ones of the same model took."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from concepts.models import Artifact
from generation.models import GenerationRun, ModelCallRecord
from generation.port.estimates import ASSUMED
from generation.run_states import RunState
from generation.runs.estimates import MOST_LOOKED_AT, MOST_RUNS, estimate_run, get_averages
from tests.generation.finished import BEE, CENT, finished_run

pytestmark = pytest.mark.django_db

WASP = "wasp-2"


def test_the_last_runs_averages_tell_what_the_next_takes() -> None:
    finished_run(tokens=100)
    finished_run(tokens=300)
    told = estimate_run(20, BEE)
    # 31 calls of 200 tokens on average, and twice as many written, for ten concepts.
    assert (told.tokens_in, told.tokens_out, told.requests) == (2 * 6_200, 4 * 6_200, 62)
    assert told.cost_usd == pytest.approx(62 * CENT)
    assert told.runs == 2


def test_each_kind_of_call_has_its_own_average() -> None:
    finished_run(concepts=10, tokens=100)
    shares = get_averages(BEE).shares
    assert set(shares) == {"outline", "tutorial", "resources", "quiz"}
    assert shares["outline"].tokens_in == pytest.approx(10)
    assert shares["tutorial"].tokens_out == pytest.approx(200)


def test_another_models_runs_say_nothing_of_this_one() -> None:
    finished_run(WASP)
    assert estimate_run(10, BEE) == estimate_run(10, "never asked")
    assert estimate_run(10, BEE).tokens_out == sum(
        round(10 * share.tokens_out) for share in ASSUMED.values()
    )
    assert (estimate_run(10, BEE).runs, estimate_run(10, WASP).runs) == (0, 1)


@pytest.mark.parametrize(
    "odd",
    [
        {"state": RunState.PARTIAL},
        {"state": RunState.CANCELLED},
        {"concepts": 4},
        {"ago": timedelta(days=61)},
    ],
)
def test_half_written_small_and_old_runs_say_nothing(odd: dict[str, object]) -> None:
    finished_run(**odd)  # type: ignore[arg-type]  # one option of its own
    assert estimate_run(10, BEE).runs == 0


def test_what_one_artifact_anew_took_is_no_roadmap() -> None:
    run_id = finished_run()
    GenerationRun.objects.filter(pk=run_id).update(artifact=Artifact.objects.first())
    assert estimate_run(10, BEE).runs == 0


def test_a_price_that_is_set_goes_before_what_was_billed(settings: Settings) -> None:
    finished_run(concepts=10, tokens=1_000)
    settings.LLM_PRICE_INPUT, settings.LLM_PRICE_OUTPUT = 1, 2.5
    told = estimate_run(10, BEE)
    assert told.cost_usd == (told.tokens_in + Decimal("2.5") * told.tokens_out) / 1_000_000


def test_a_price_that_nobody_knows_of_one_call_is_unknown() -> None:
    run_id = finished_run()
    assert estimate_run(10, BEE).cost_usd is not None
    ModelCallRecord.objects.filter(run=run_id, purpose="outline").update(cost_usd=None)
    assert estimate_run(10, BEE).cost_usd is None
    # What failed and cost nothing has no price either.
    ModelCallRecord.objects.filter(run=run_id, purpose="outline").update(tokens_out=0)
    assert estimate_run(10, BEE).cost_usd is not None


def test_an_estimate_is_one_statement_and_looks_at_so_many_runs(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(MOST_RUNS + 1):
        finished_run(concepts=8)
    with django_assert_num_queries(1):
        assert estimate_run(10, BEE).runs == MOST_RUNS
    # Of another model, newer than all of them.
    newest = GenerationRun.objects.get(pk=finished_run(WASP, concepts=8))
    copies = [GenerationRun(**_fields(newest)) for _ in range(MOST_LOOKED_AT)]
    GenerationRun.objects.bulk_create(copies)
    assert estimate_run(10, BEE).runs == 0


def _fields(run: GenerationRun) -> dict[str, object]:
    names = ("roadmap_id", "state", "provider", "model", "model_calls")
    return {name: getattr(run, name) for name in names}
