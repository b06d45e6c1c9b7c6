"""Asking the API as a program does."""

from __future__ import annotations

from typing import Any

from django.test import Client

API = "/api/v1"
PREDECESSORS = {"user_request": "Python Web开发", "user_id": "test-user"}


def generate(client: Client, body: Any = PREDECESSORS, *, key: str = "", **more: Any) -> Any:
    if key:
        more["headers"] = {"Idempotency-Key": key, **more.get("headers", {})}
    return client.post(f"{API}/roadmaps/generate", body, content_type="application/json", **more)


def error_of(answer: Any) -> dict[str, Any]:
    """The one shape, and nothing else."""
    assert answer.headers["Content-Type"].startswith("application/json")
    told = answer.json()
    assert set(told) == {"error"}
    error: dict[str, Any] = told["error"]
    assert {"code", "message"} <= set(error) <= {"code", "message", "fields"}
    assert error["code"]
    assert error["message"]
    return error
