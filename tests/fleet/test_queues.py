"""The main job through the three queues, on real processes."""

from __future__ import annotations

import json

import psycopg
import pytest

from generation.models import GenerationRun
from tests.fleet.fleet import Fleet
from tests.generation.cast import assert_complete

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fleet, pytest.mark.timeout(300)]

WORKERS = ("workflow", "content_generation")


def test_a_roadmap_goes_through_the_queues(fleet: Fleet) -> None:
    fleet.start(*WORKERS, FLEET_CONCEPTS="24")
    process = fleet.order("Tying knots", FLEET_CONCEPTS="24")
    stdout, stderr = process.communicate(timeout=100)
    assert process.returncode == 0, stderr
    report = json.loads(stdout)
    assert report["counts"]["tutorials"] == report["counts"]["quizzes"] == 24
    assert 1 <= report["connections"]["peak"] <= report["connections"]["budget"]
    assert_complete(report["run"]["id"], 24)


@pytest.mark.wide
def test_six_roadmaps_at_once_on_two_content_processes(
    fleet: Fleet, observer: psycopg.Connection
) -> None:
    variables = {"FLEET_CONCEPTS": "50", "FLEET_DELAY_SECONDS": "0.2"}
    fleet.start(*WORKERS, **variables)
    orders = [fleet.order("Tying knots", **variables) for _ in range(6)]
    most: dict[str, int] = {}
    while any(process.poll() is None for process in orders):
        rows = observer.execute(
            "SELECT application_name, count(*) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND datname = current_database() GROUP BY 1"
        )
        for role, count in rows:
            most[role] = max(most.get(role, 0), count)
    for process in orders:
        _, stderr = process.communicate()
        assert process.returncode == 0, stderr
    assert 2 <= most["content_generation"] <= (2 + 1) * 1 + 1
    assert 1 <= most["workflow"] <= (1 + 1) * 1 + 1
    runs = GenerationRun.objects.all()
    assert len(runs) == 6
    for run in runs:
        assert_complete(run.pk, 50)
