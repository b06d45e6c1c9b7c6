"""The main job through the three queues, on real processes."""

from __future__ import annotations

import json

import pytest

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
