"""Lines about requests tell the way, not the query, and cost the event loop nothing."""

from __future__ import annotations

import logging
from time import process_time

import pytest

from config.logs import formatter_settings

HTTP = '%s - "%s %s HTTP/%s" %d'
ACCEPTED = '%s - "WebSocket %s" [accepted]'
REFUSED = '%s - "WebSocket %s" %d'
SECRET = "Tr0ub4dor-and-3"


def made(name: str, message: str, *parts: object) -> str:
    settings = formatter_settings(role="web", as_json=True)
    formatter: logging.Formatter = settings.pop("()")(**settings)
    record = logging.LogRecord(name, logging.INFO, "", 1, message, parts, None)
    return formatter.format(record)


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        (HTTP, ("10.0.0.1:5", "GET", f"/knots/?x={SECRET}", "1.1", 200)),
        (HTTP, ("10.0.0.1:5", "GET", f"/knots/?{SECRET}", "1.1", 404)),
        (ACCEPTED, ("10.0.0.1:5", f"/knots/?token={SECRET}")),
        (REFUSED, ("10.0.0.1:5", f"/knots/?{SECRET}", 403)),
    ],
)
def test_a_query_is_not_told(message: str, parts: tuple[object, ...]) -> None:
    told = made("uvicorn.access" if message == HTTP else "uvicorn.error", message, *parts)
    assert SECRET not in told
    assert r"/knots/?\u2026" in told


def test_a_request_is_told_with_who_and_what_came_of_it() -> None:
    told = made("uvicorn.access", HTTP, "10.0.0.1:5", "GET", "/knots/", "1.1", 200)
    assert r"10.0.0.1:5 - \"GET /knots/ HTTP/1.1\" 200" in told
    assert '"role": "web"' in told


@pytest.mark.parametrize("path", ["/?x=" + "x" * 60_000, "/" + "token=" * 10_000, "/?" * 30_000])
@pytest.mark.parametrize("name", ["uvicorn.access", "django.request"])
def test_a_long_address_does_not_stop_the_web_process(name: str, path: str) -> None:
    message = HTTP if name == "uvicorn.access" else "Not Found: %s %s %s %s %d"
    started = process_time()
    told = made(name, message, "10.0.0.1:5", "GET" * 20_000, path, "1.1", 200)
    assert process_time() - started < 0.2
    assert len(told) < 6_000


def test_a_known_secret_in_a_path_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.logs.known_secrets", lambda: (SECRET,))
    told = made("uvicorn.access", HTTP, "10.0.0.1:5", "GET", f"/{SECRET}/", "1.1", 200)
    assert SECRET not in told


def test_what_a_server_says_of_itself_is_told_as_it_is() -> None:
    assert "Started server process [7]" in made("uvicorn.error", "Started server process [%d]", 7)
