"""What /health tells of Redis and the workers; registered when the app is ready."""

from __future__ import annotations

from functools import partial

import redis
from celery import Celery
from celery.app import app_or_default
from django.conf import settings

from connection_budget.watch.probes import register_probe

QUEUES = ("workflow", "content_generation", "logs")
# How long Redis, and then the workers, may take to answer.
SECONDS = 1.0

UNKNOWN_WORKERS: dict[str, dict[str, bool | None]] = {queue: {"alive": None} for queue in QUEUES}


def register_probes() -> None:
    """In the main thread: probes run in others, where Celery's current application is unknown."""
    app: Celery = app_or_default()
    register_probe("redis", probe_redis, unknown={"status": "unknown"})
    register_probe("workers", partial(probe_workers, app), unknown=UNKNOWN_WORKERS)


def probe_redis() -> dict[str, str]:
    return {"status": "healthy" if _redis_answers() else "down"}


def probe_workers(app: Celery) -> dict[str, dict[str, bool | None]]:
    """Which queues have a worker that answers. Unknown without Redis: nobody can be asked."""
    if not _redis_answers():
        return UNKNOWN_WORKERS
    with app.connection_for_write(connect_timeout=SECONDS) as connection:
        asking = app.control.inspect(timeout=SECONDS, connection=connection)
        workers = asking.active_queues() or {}
    served = {queue["name"] for queues in workers.values() for queue in queues}
    return {queue: {"alive": queue in served} for queue in QUEUES}


def _redis_answers() -> bool:
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS
    )
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        client.close()
