"""What is known without the rows: connections, queues, workers, the model server.

All of it comes from what /health is made of, which threads keep up to date: no page asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from connection_budget.watch import monitoring
from generation.operations.charts import share
from generation.probes import QUEUES
from generation.providers.endpoints import OPENAI_URL


@dataclass(frozen=True)
class RoleBar:
    """Lengths are in hundredths of the largest budget, or of more, where somebody exceeds it."""

    name: str
    budget: int
    live: int | None
    budget_length: int
    live_length: int

    @property
    def is_over(self) -> bool:
        return self.live is not None and self.live > self.budget


@dataclass(frozen=True)
class Queue:
    """None: not known."""

    name: str
    waiting: int | None
    workers: int | None

    @property
    def is_left_alone(self) -> bool:
        return self.workers == 0


@dataclass(frozen=True)
class Seen:
    """`health` is what /health tells."""

    health: dict[str, Any]
    roles: list[RoleBar]
    queues: list[Queue]
    model_server: dict[str, Any] | None

    @property
    def redis_is_down(self) -> bool:
        status: str = self.health["redis"]["status"]
        return status == "down"

    @property
    def refused_at(self) -> datetime | None:
        """When the model server last refused for good."""
        if not (self.model_server and self.model_server["refusal"]):
            return None
        return timezone.now() - timedelta(seconds=self.model_server["refused_seconds"])

    @property
    def live_total(self) -> int | None:
        total: int | None = self.health["fleet"]["live_total"]
        return total


def look() -> Seen:
    seen = monitoring.wait_and_look()
    health, _is_well = monitoring.describe(seen)
    waiting, workers = seen.probing.answer("queues"), seen.probing.answer("worker_counts")
    return Seen(
        health=health,
        roles=_bars(health["fleet"]["roles"]),
        queues=[Queue(name, waiting[name], workers[name]) for name in QUEUES],
        model_server=seen.probing.answer("model_server"),
    )


def _bars(roles: dict[str, dict[str, int | None]]) -> list[RoleBar]:
    numbers = {name: (role["budget"] or 0, role["live"]) for name, role in roles.items()}
    most = max((max(budget, live or 0) for budget, live in numbers.values()), default=0)
    return [
        RoleBar(name, budget, live, share(budget, most), share(live or 0, most))
        for name, (budget, live) in numbers.items()
    ]


@dataclass(frozen=True)
class ModelServer:
    """What is configured. Limits are None where there are none."""

    host: str
    model: str
    concurrency: int
    requests_per_minute: float | None
    tokens_per_minute: float | None


def configured_server() -> ModelServer | None:
    """None where nothing but what is built in can be had."""
    if settings.CONTENT_PROVIDER != "openai":
        return None
    return ModelServer(
        host=urlsplit(settings.LLM_BASE_URL or OPENAI_URL).netloc.rpartition("@")[2],
        model=settings.LLM_MODEL,
        concurrency=settings.LLM_MAX_CONCURRENCY,
        requests_per_minute=settings.LLM_REQUESTS_PER_MINUTE,
        tokens_per_minute=settings.LLM_TOKENS_PER_MINUTE,
    )
