"""A server that tells of start and end is heeded; with one that does not, the first request starts
what belongs to the process, and says what is lacking."""

from __future__ import annotations

import atexit
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from connection_budget.budget.refusal import BudgetRefused
from connection_budget.budget.roles import WEB, Role
from connection_budget.contrib.asgi import wrapping

ROLE = Role("web", connections=1, processes=1, kind=WEB)
HTTP = {"type": "http", "path": "/health/live", "method": "GET", "headers": []}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was started and ended, in order."""
    happened: list[str] = []
    monkeypatch.setattr(wrapping, "get_role", lambda: ROLE)
    monkeypatch.setattr(wrapping, "take_process_place", lambda *_, **__: None)
    monkeypatch.setattr(wrapping, "start_monitoring", lambda: happened.append("begun"))
    monkeypatch.setattr(wrapping, "_end", lambda: happened.append("ended"))
    monkeypatch.setattr(atexit, "register", lambda _: happened.append("at exit"))
    return happened


async def inner(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "answered"})


def living() -> wrapping._Living:
    return wrapping._Living(inner, predecessor_seconds=0)


class Server:
    def __init__(self) -> None:
        self.sent: list[str] = []

    async def receive(self) -> dict[str, str]:
        return {"type": "lifespan.startup" if not self.sent else "lifespan.shutdown"}

    async def send(self, message: Any) -> None:
        self.sent.append(message["type"])


async def test_with_a_lifespan_all_begins_and_ends_with_it(told: list[str]) -> None:
    server, application = Server(), living()
    with capture_logs() as lines:
        await application({"type": "lifespan"}, server.receive, server.send)
        await application(dict(HTTP), server.receive, server.send)
    assert server.sent[:2] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert (told, lines) == (["begun", "ended"], [])


async def test_without_a_lifespan_the_first_request_begins_and_says_once_what_lacks(
    told: list[str],
) -> None:
    server, application = Server(), living()
    with capture_logs() as lines:
        for _ in range(2):
            await application(dict(HTTP), server.receive, server.send)
    assert server.sent == ["answered", "answered"]
    assert told == ["at exit", "begun"]
    assert [line["event"] for line in lines] == ["web_lifespan_missed"]
    assert "an end that is told" in lines[0]["lacks"]


async def test_a_role_that_declares_no_connection_for_a_sampler_has_none(
    told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = replace(ROLE, kind=replace(WEB, extra_connections=0))
    monkeypatch.setattr(wrapping, "get_role", lambda: bare)
    server = Server()
    await living()({"type": "lifespan"}, server.receive, server.send)
    assert told == ["ended"]


async def test_a_start_that_finds_no_place_is_refused_to_the_server(
    told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(role: Role, seconds: float) -> None:
        raise BudgetRefused("one too many")

    monkeypatch.setattr(wrapping, "take_process_place", refuse)
    server = Server()
    await living()({"type": "lifespan"}, server.receive, server.send)
    assert server.sent == ["lifespan.startup.failed"]
