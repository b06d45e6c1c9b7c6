"""`manage.py llm_check` against a server on a real socket."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from generation.port.estimates import Averages, Bounds, Sample, Share, estimate, hours_for
from generation.providers.endpoints import Endpoint
from generation.providers.gateway.responses import price_of
from tests.generation.finished import CENT, finished_run
from tests.generation.providers.gateway.model_server import KEY, MODEL, ModelServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def configured(server: ModelServer, settings: Settings) -> ModelServer:
    settings.LLM_BASE_URL, settings.LLM_API_KEY = server.base_url, KEY
    settings.LLM_MODEL = MODEL
    server.concepts = 12
    return server


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("llm_check", *arguments, stdout=out)
    return out.getvalue()


def test_one_call_tells_what_a_roadmap_takes(configured: ModelServer, settings: Settings) -> None:
    settings.LLM_PRICE_INPUT, settings.LLM_PRICE_OUTPUT = 1.0, 2.0
    told = json.loads(run("--format", "json"))
    [request] = configured.received
    assert told["schema_valid_at_once"] is True
    assert told["problems"] == []
    assert (told["tokens_in"], told["tokens_out"]) == (request.tokens_in, request.tokens_out)
    assert told["cost_usd"] == pytest.approx(
        (request.tokens_in + 2 * request.tokens_out) / 1_000_000, abs=1e-4
    )
    assert told["estimate"]["hours"] >= 0
    estimate = told["estimate"]
    assert estimate["cost_usd"] == pytest.approx(
        (estimate["tokens_in"] + 2 * estimate["tokens_out"]) / 1_000_000, abs=1e-4
    )


def test_what_the_last_runs_took_is_what_the_next_is_said_to_take(configured: ModelServer) -> None:
    assumed = json.loads(run("--format", "json"))["estimate"]
    assert "as is assumed while no run of this model is ready" in run()
    finished_run(MODEL, concepts=8, tokens=100)
    learned = json.loads(run("--format", "json"))["estimate"]
    assert (assumed["runs"], learned["runs"]) == (0, 1)
    # 25 calls of 100 tokens for eight concepts, so for 36.
    assert learned["tokens_in"] == 11_250 != assumed["tokens_in"]
    assert learned["cost_usd"] == 36 / 8 * 25 * float(CENT)
    assert "as the last run took" in run()


def test_published_prices_are_known_and_others_are_not() -> None:
    known = endpoint_for("https://api.openai.com/v1", "gpt-4o-mini")
    prices = [price_of(known, 1_000_000, written) for written in (1, 1_000_000)]
    assert prices[0] is not None
    assert prices[1] is not None
    assert 0 < prices[0] < prices[1]
    assert price_of(endpoint_for("http://127.0.0.1:8080/v1", "bee-1"), 1_000, 1_000) is None


def endpoint_for(base_url: str, model: str) -> Endpoint:
    return Endpoint(base_url=base_url, model=model)


def test_people_read_it_in_words(configured: ModelServer) -> None:
    told = run()
    assert "valid at once" in told
    assert "unknown price" in told
    assert "36 concepts" in told


def test_what_is_wrong_with_an_outline_is_listed(configured: ModelServer) -> None:
    configured.concepts = 4
    assert "4 concepts; 9 to 15 are wanted" in run()


def test_an_answer_that_is_no_outline_is_no_success(configured: ModelServer) -> None:
    configured.rewrite = lambda _request, _content: '{"foo": 1}'
    with pytest.raises(CommandError, match="does not hold the model to the schema"):
        run()


def test_a_refused_key_is_told_without_the_key(configured: ModelServer) -> None:
    configured.key = "another"
    with pytest.raises(CommandError, match=r"127\.0\.0\.1: the model server refused the key") as no:
        run()
    assert KEY not in str(no.value)


def test_without_a_model_it_says_what_to_set(settings: Settings) -> None:
    settings.LLM_MODEL = ""
    with pytest.raises(CommandError, match="LLM_MODEL") as no:
        run()
    assert no.value.returncode == 2


def test_the_estimate_obeys_the_tightest_bound() -> None:
    """The plan took 20 s for 2,000 of the tokens; eight write the rest at a time."""
    wanted = estimate(36, Averages({"tutorial": Share(4_000, 5_000, 3)}))
    sample = Sample(seconds=20.0, tokens_out=2_000)
    free = hours_for(wanted, sample, Bounds(calls_at_once=8))
    assert free == pytest.approx((1_780 / 8 + 20) / 3_600)
    slow = hours_for(wanted, sample, Bounds(calls_at_once=8, requests_per_minute=1.0))
    assert slow == pytest.approx((108 * 60 + 20) / 3_600)
    few = hours_for(wanted, sample, Bounds(calls_at_once=8, tokens_per_minute=9_000.0))
    assert few == pytest.approx((36 * 60 + 20) / 3_600)
