"""How long a run takes beyond what its model takes: nearly nothing.

A model server takes 5 to 10 s a call, drawn by seed; here it runs 10 times as fast, on the same
path: a real command, real sockets, a real PostgreSQL. The bound is what no scheduler that takes the
calls in this order can beat: the skeleton, then each call as soon as one of the places is free.
What a run takes beyond the bound does not shrink with the model, so it is compared with the bound
of the model at its own pace. That holds while the processor is not what calls wait for: 20 times as
fast, eight calls at once kept one core busy, which no model of 5 s does.
"""

from __future__ import annotations

import heapq
import json
import os
import random
import subprocess
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from benchmarks.database import fresh_database
from generation.dispatch import Order, request_roadmap
from generation.models import GenerationRun
from generation.port.goals import CONCEPTS as CONCEPTS_A_GOAL_MAY_HAVE
from generation.port.request import OutlineRequest
from generation.providers.openai.provider import OpenAIProvider
from tests.databases import database_url
from tests.generation.providers.gateway.model_server import MODEL, ModelServer
from tests.generation.providers.gateway.received import Received

ROOT = Path(__file__).resolve().parents[1]
# A usual roadmap, and the most that may be asked for.
SIZES = (36, 200)
LEAST_SECONDS, MOST_SECONDS = 5.0, 10.0
TIMES_AS_FAST = 10
CONCURRENCY = 8
MOST_BEYOND = 0.02
SEED = 7


def main() -> dict[str, Any]:
    settings.LLM_MODEL = MODEL
    measured = []
    for concepts in SIZES:
        with fresh_database():
            measured.append(_measure(concepts))
    assert all(one["beyond_share"] <= MOST_BEYOND for one in measured), measured
    return {
        "calls_at_once": CONCURRENCY,
        "model_seconds_a_call": [LEAST_SECONDS, MOST_SECONDS],
        "times_as_fast": TIMES_AS_FAST,
        "runs": measured,
    }


def _measure(concepts: int) -> dict[str, Any]:
    drawn: list[float] = []
    latencies = random.Random(SEED)  # noqa: S311 - no secret

    def think(_request: Received) -> float:
        drawn.append(latencies.uniform(LEAST_SECONDS, MOST_SECONDS))
        return drawn[-1] / TIMES_AS_FAST

    with ModelServer(seconds=think, concepts=concepts) as server:
        report = _generate(_order(concepts), server)
        assert report["run"]["state"] == "ready", report["run"]
        modules = report["counts"]["modules"]
        assert report["run"]["model_calls"] == len(drawn) == 1 + modules + 3 * concepts
        assert server.most_in_flight == CONCURRENCY
    bound = _bound(drawn)
    beyond = report["run"]["seconds"] - bound / TIMES_AS_FAST
    return {
        "concepts": concepts,
        "bound_seconds": round(bound, 2),
        "bound_here_seconds": round(bound / TIMES_AS_FAST, 2),
        "run_seconds": round(report["run"]["seconds"], 2),
        "beyond_seconds": round(beyond, 2),
        "beyond_share": round(beyond / bound, 4),
        "connections_peak": report["connections"]["peak"],
    }


def _bound(drawn: Sequence[float]) -> float:
    """Everything waits for the skeleton; then each call takes the place that is free first."""
    skeleton, *others = drawn
    places = [skeleton] * CONCURRENCY
    for seconds in others:
        heapq.heapreplace(places, places[0] + seconds)
    return max(places)


def _order(concepts: int) -> uuid.UUID:
    """Of more concepts than anybody may ask for the planner is told in the row."""
    asked = min(concepts, CONCEPTS_A_GOAL_MAY_HAVE[-1])
    order = Order(OutlineRequest("Keeping bees", concepts=asked))
    run_id = request_roadmap(order, OpenAIProvider(), enqueue=False)
    run = GenerationRun.objects.get(pk=run_id)
    run.options["concepts"] = concepts
    run.save(update_fields=["options"])
    return run_id


def _generate(run_id: uuid.UUID, server: ModelServer) -> dict[str, Any]:
    variables = {
        "DATABASE_URL": database_url(),
        "REDIS_URL": "unix:///nonexistent/redis.sock",  # nobody else asks this server
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "LLM_MAX_CONCURRENCY": str(CONCURRENCY),
    }
    connection.close()
    command = ["generate_roadmap", "--resume", str(run_id), "--format", "json"]
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=os.environ | variables | server.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report
