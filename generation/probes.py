"""What /health tells of Redis and the workers, and the operations page of what waits there.

Registered when the app is ready. A thread asks every few seconds, so no page waits for Redis.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from functools import partial
from typing import Any

import redis
from celery import Celery
from celery.app import app_or_default
from django.conf import settings

from connection_budget.watch.probes import register_probe
from generation.providers.endpoints import OPENAI_URL
from generation.providers.gateway.pace import read_pace
from generation.providers.gateway.pacing import account_key

QUEUES = ("workflow", "content_generation", "logs")
# How long Redis, and then the workers, may take to answer.
SECONDS = 1.0

UNKNOWN_WORKERS: dict[str, dict[str, bool | None]] = {queue: {"alive": None} for queue in QUEUES}


UNKNOWN_DEPTHS: dict[str, int | None] = dict.fromkeys(QUEUES)
UNKNOWN_COUNTS: dict[str, int | None] = dict.fromkeys(QUEUES)


def register_probes() -> None:
    """In the main thread: probes run in others, where Celery's current application is unknown."""
    asking = WorkerProbe(app_or_default())
    hidden = partial(register_probe, in_health=False)
    register_probe("redis", probe_redis, unknown={"status": "unknown"})
    register_probe("workers", asking.probe, unknown=UNKNOWN_WORKERS)
    # After the workers: it tells what that probe has just seen.
    hidden("worker_counts", asking.count, unknown=UNKNOWN_COUNTS)
    hidden("queues", probe_queues, unknown=UNKNOWN_DEPTHS)
    hidden("model_server", probe_model_server, unknown=None)


def probe_redis() -> dict[str, str]:
    return {"status": "healthy" if _redis_answers() else "down"}


class WorkerProbe:
    """Workers are asked once a round, all of them; the answers are told in two ways."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._counts = UNKNOWN_COUNTS

    def probe(self) -> dict[str, dict[str, bool | None]]:
        """Which queues have a worker that answers. Unknown without Redis: nobody can be asked."""
        self._counts = UNKNOWN_COUNTS
        if not _redis_answers():
            return UNKNOWN_WORKERS
        self._counts = self._count_workers()
        return {queue: {"alive": bool(count)} for queue, count in self._counts.items()}

    def count(self) -> dict[str, int | None]:
        """How many workers (each with its children) answered for each queue."""
        return self._counts

    def _count_workers(self) -> dict[str, int | None]:
        with self._app.connection_for_write(connect_timeout=SECONDS) as connection:
            asking = self._app.control.inspect(timeout=SECONDS, connection=connection)
            workers = asking.active_queues() or {}
        served = Counter(queue["name"] for queues in workers.values() for queue in queues)
        return {queue: served[queue] for queue in QUEUES}


def probe_queues() -> dict[str, int | None]:
    """Messages that no worker has taken yet."""
    client = _client()
    try:
        asking = client.pipeline(transaction=False)
        for queue in QUEUES:
            asking.llen(queue)
        return dict(zip(QUEUES, asking.execute(), strict=True))
    except (redis.RedisError, OSError):
        return UNKNOWN_DEPTHS
    finally:
        client.close()


def probe_model_server() -> dict[str, Any] | None:
    """What all pullers together know of it; None without Redis, and where there is no model."""
    if not settings.LLM_MODEL:
        return None
    client = _client()
    try:
        account = account_key(settings.LLM_BASE_URL or OPENAI_URL, settings.LLM_API_KEY)
        return asdict(read_pace(client, account))
    except (redis.RedisError, OSError):
        return None
    finally:
        client.close()


def _redis_answers() -> bool:
    client = _client()
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        client.close()


def _client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS
    )
