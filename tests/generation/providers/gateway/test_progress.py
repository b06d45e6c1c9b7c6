"""A model may be silent for minutes: whoever waits is told that it works, and for how long."""

from __future__ import annotations

import re
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from generation.management import progress
from generation.models import GenerationRun
from generation.providers.gateway.opening import open_gateway
from generation.providers.gateway.repeating import pauses_told_to
from tests.generation.providers.gateway.conftest import endpoint_of, prompt_for
from tests.generation.providers.gateway.model_server import KEY, MODEL, ModelServer
from tests.generation.providers.gateway.received import Received
from tests.waiting import wait_until

LEFT = re.compile(r"(\d+) s, at most (\d+) s more \(LLM_TIMEOUT_SECONDS\)")


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


class Gone(StringIO):
    """A pipe whose reader has left."""

    def write(self, _text: str) -> int:
        raise BrokenPipeError


@pytest.fixture
def slow(server: ModelServer, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> ModelServer:
    """The configured server; progress is told every few milliseconds."""
    settings.LLM_BASE_URL, settings.LLM_API_KEY, settings.LLM_MODEL = server.base_url, KEY, MODEL
    settings.LLM_TIMEOUT_SECONDS = 60.0
    monkeypatch.setattr(progress, "PIPE_SECONDS", 0.01)
    monkeypatch.setattr(progress, "TERMINAL_SECONDS", 0.01)
    server.concepts = 24
    return server


def hold_until_told(server: ModelServer, stream: StringIO, times: int = 3) -> None:
    """The plan comes when so many lines have said that it is waited for."""

    def rewrite(request: Received, content: str) -> str:
        if request.purpose == "skeleton":
            wait_until(lambda: len(LEFT.findall(stream.getvalue())) >= times)
        return content

    server.rewrite = rewrite


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stream", [StringIO(), Terminal()])
@pytest.mark.parametrize(
    "line",
    [
        ["llm_check"],
        ["generate_roadmap", "Keeping bees", "--provider=openai", "--dry-run"],
    ],
)
def test_whoever_waits_for_a_plan_sees_that_and_how_long(
    slow: ModelServer, monkeypatch: pytest.MonkeyPatch, stream: StringIO, line: list[str]
) -> None:
    stream.truncate(0)
    monkeypatch.setattr(sys, "stderr", stream)
    hold_until_told(slow, stream)
    call_command(*line, stdout=StringIO())
    told = stream.getvalue()
    assert MODEL in told
    assert all(59 <= int(waited) + int(left) <= 61 for waited, left in LEFT.findall(told))
    # One line that moves, and that is gone in the end; or one after another.
    assert told.endswith("\r\x1b[K" if stream.isatty() else "\n")
    assert ("\n" in told) is not stream.isatty()


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
@pytest.mark.parametrize("stream", [StringIO(), Terminal()])
def test_a_run_tells_of_its_planning_until_there_is_a_plan(
    slow: ModelServer, monkeypatch: pytest.MonkeyPatch, stream: StringIO
) -> None:
    stream.truncate(0)
    monkeypatch.setattr(sys, "stderr", stream)
    hold_until_told(slow, stream)
    slow.concepts = 8
    order = ("generate_roadmap", "Keeping bees", "--provider=openai", "--concepts=8")
    with pytest.raises(SystemExit):
        call_command(*order, stdout=StringIO())
    run = GenerationRun.objects.get()
    assert run.roadmap.concepts.count() == 8
    told = stream.getvalue()
    assert f"Planning with {MODEL}" in told
    if stream.isatty():
        assert told.rindex("Planning with") < told.index("Writing")


@pytest.mark.django_db(transaction=True)
def test_a_reader_who_leaves_does_not_end_the_work(
    slow: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", Gone())
    out = StringIO()
    call_command("llm_check", stdout=out)
    assert "valid at once" in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_the_check_waits_no_longer_than_it_is_told_to(slow: ModelServer) -> None:
    slow.seconds = lambda _request: 3_600.0
    with pytest.raises(CommandError, match=r"no outline within 0\.5 s \(--timeout\)"):
        call_command("llm_check", "--timeout", "0.5", stdout=StringIO())


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "soon", "", "86401"])
def test_another_timeout_is_refused_by_name(value: str) -> None:
    with pytest.raises(CommandError, match=f"--timeout: “{value}” is not a number of seconds"):
        call_command("llm_check", f"--timeout={value}")


def test_an_attempt_that_took_too_long_is_told_as_that() -> None:
    waiting = progress.Waiting("bee-1 plans", most=0.0)
    assert waiting.text() == "bee-1 plans: 0 s, longer than LLM_TIMEOUT_SECONDS allows; asked again"


def test_whoever_waits_is_told_why_nothing_is_asked_and_until_when() -> None:
    """A server may want ten minutes; then the attempt that follows has all of its time."""
    waiting = progress.Waiting("A plan", most=60.0)
    waiting.pause("The model server is asked too often.", 500.4)
    assert waiting.text() == "A plan: The model server is asked too often. Asked again in 500 s"
    waiting.pause("The model server is asked too often.", 0.0)
    assert waiting.text() == "A plan: 0 s, at most 60 s more (LLM_TIMEOUT_SECONDS)"


async def test_a_pause_that_a_server_asks_for_is_told(server: ModelServer) -> None:
    server.refuse = lambda _request: (
        (429, {"retry-after-ms": "20"}, {"error": {"message": "Slow down."}})
        if len(server.received) == 1
        else None
    )
    told: list[tuple[str, float]] = []
    with pauses_told_to(lambda why, seconds: told.append((why, seconds))):
        async with open_gateway(endpoint_of(server)) as gateway:
            await gateway.write_text(prompt_for("tutorial"))
    assert told == [("The model server is asked too often.", 0.02)]
