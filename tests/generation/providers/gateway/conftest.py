"""One model server, and gateways that ask it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from generation.providers.dialogue import Prompt
from generation.providers.endpoints import Endpoint
from generation.providers.gateway.concessions import forget_concessions
from tests.generation.providers.gateway.model_server import KEY, MODEL, ModelServer

# Where nobody listens: a gateway of these tests counts alone, unless a test says otherwise.
NO_REDIS = "unix:///nonexistent/redis.sock"


@pytest.fixture(autouse=True)
def alone(settings: Settings) -> None:
    settings.REDIS_URL = NO_REDIS
    # Another test's server may have lived at the same address.
    forget_concessions()


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


def endpoint_of(server: ModelServer, **changes: Any) -> Endpoint:
    given: dict[str, Any] = {"base_url": server.base_url, "model": MODEL, "api_key": KEY}
    return Endpoint(**given | {"timeout_seconds": 10.0} | changes)


def prompt_for(purpose: str, number: int = 0, *, max_tokens: int = 2_000) -> Prompt:
    return Prompt(
        purpose=purpose,
        version=f"{purpose}-1",
        system="You write lessons on keeping bees.",
        user=f"Write the {purpose} of lesson {number}.",
        max_tokens=max_tokens,
        subject="" if purpose == "outline" else f"lesson-{number}",
    )
