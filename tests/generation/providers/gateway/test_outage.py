"""A server that keeps failing is left alone for longer and longer, and then given up."""

from __future__ import annotations

import math

import pytest

from generation.port.errors import ContentError, SystemicError, TransientError
from generation.providers.gateway import outage, repeating, requests
from generation.providers.gateway.errors import Again, TooMany
from generation.providers.gateway.opening import open_gateway
from generation.providers.gateway.outage import PAUSES, Trouble
from generation.providers.gateway.repeating import Patience
from tests.generation.providers.gateway.conftest import endpoint_of, prompt_for
from tests.generation.providers.gateway.model_server import Faults, ModelServer, Refusal
from tests.generation.providers.gateway.received import Received
from tests.generation.providers.gateway.test_limits import Clock

pytestmark = pytest.mark.slow


def test_pauses_grow_with_each_wave_of_failures() -> None:
    failing = Trouble(concurrency=8)
    pauses = [failing.fail(f"c{number}") for number in range(48)]
    told = {number: pause for number, pause in enumerate(pauses, start=1) if pause}
    assert told == {16: 5.0, 24: 10.0, 32: 20.0, 40: 40.0, 48: math.inf}


def test_an_answer_ends_the_outage() -> None:
    failing = Trouble(concurrency=1)
    pauses = [failing.fail(f"c{number}") for number in range(10)]
    assert pauses == [0.0] * 9 + [PAUSES[0]]
    assert failing.lasts()
    failing.answer()
    assert not failing.lasts()
    assert failing.fail("c1") == 0.0


def test_one_subject_is_no_outage_however_often_it_fails() -> None:
    """It may be the last that is left, and then nobody answers between."""
    failing = Trouble(concurrency=1)
    assert not any(failing.fail("c13") for _ in range(100))
    assert not failing.lasts()


def test_too_many_is_no_failure_until_nothing_else_is_said_for_minutes() -> None:
    clock = Clock()
    crowded = Trouble(concurrency=2, clock=clock)
    assert not any(crowded.crowd() for _ in range(100))
    clock.now += 299
    assert not crowded.crowd()
    clock.now += 1
    assert crowded.crowd()
    crowded.answer()
    assert not crowded.crowd()


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """All pauses of the real kind, but short ones."""
    monkeypatch.setattr(repeating, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(repeating, "JITTER_SECONDS", 0.02)
    monkeypatch.setattr(outage, "PAUSES", (0.05, 0.1, 0.2, 0.4))
    monkeypatch.setattr(requests, "HOLD_SECONDS", 0.05)


async def test_a_server_that_always_fails_is_given_up_early(
    server: ModelServer, brief: None
) -> None:
    """After six waves of the calls that may be under way, however many are wanted."""
    server.refuse = lambda _request: (503, {}, {})
    async with open_gateway(endpoint_of(server, concurrency=5)) as gateway:
        given_up = False
        for number in range(30):
            with pytest.raises((TransientError, SystemicError)) as ended:
                await gateway.write_text(prompt_for("tutorial", number))
            given_up = given_up or isinstance(ended.value, SystemicError)
        assert given_up
        with pytest.raises(SystemicError, match=r"at 127\.0\.0\.1 failed 30 times in a row") as end:
            await gateway.write_text(prompt_for("tutorial", 31))
    assert "failed for a moment" in str(end.value)
    assert len(server.received) == 6 * 5


async def test_who_asks_during_an_outage_waits_for_its_end(
    server: ModelServer, brief: None
) -> None:
    """One call at a time, as many a machine of one's own is asked: it is not to blame."""
    server.refuse = lambda _request: (503, {}, {}) if len(server.received) <= 20 else None
    async with open_gateway(endpoint_of(server, concurrency=1)) as gateway:
        with pytest.raises(TransientError):
            await gateway.write_text(prompt_for("tutorial", 0))
        assert (await gateway.write_text(prompt_for("tutorial", 1))).content
    assert len(server.received) == 21


async def test_one_concept_that_always_fails_is_no_outage(server: ModelServer, brief: None) -> None:
    def fail_one(request: Received) -> Refusal | None:
        return (500, {}, {}) if "lesson 0" in request.text else None

    server.refuse = fail_one
    async with open_gateway(endpoint_of(server, concurrency=5)) as gateway:
        for _ in range(10):
            with pytest.raises(TransientError):
                await gateway.write_text(prompt_for("tutorial", 0))
            assert (await gateway.write_text(prompt_for("tutorial", 1))).content


def test_pauses_grow_with_failures_and_not_with_waiting_for_a_turn() -> None:
    patience = Patience()
    for _ in range(20):
        assert patience(TooMany("Slow down.", wait=0.25)) == 0.25
    pauses = [patience(Again("It failed.")) for _ in range(5)]
    assert pauses[-1] is False
    for pause, least in zip(pauses, (0.5, 1.0, 2.0, 4.0), strict=False):
        assert least <= pause <= least + 0.5
    assert patience(ContentError("Never.")) is False


async def test_too_many_never_uses_up_a_request_s_attempts(
    server: ModelServer, brief: None
) -> None:
    server.faults = Faults(too_many=1.0, retry_after=0.01)
    server.refuse = lambda _request: stop_after(server, 12)
    async with open_gateway(endpoint_of(server)) as gateway:
        assert (await gateway.write_text(prompt_for("tutorial"))).content
    assert len(server.received) == 13


def stop_after(server: ModelServer, number: int) -> None:
    """No refusal of its own: the fault is switched off."""
    if len(server.received) > number:
        server.faults = Faults()
