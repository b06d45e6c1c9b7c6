"""Records of model calls go through the broker to the logs role; none is lost on the way."""

from __future__ import annotations

import json
import signal

import pytest

from generation.models import GenerationRun
from generation.runs.progress import get_run_progress
from tests.fleet.fleet import Fleet
from tests.generation.cast import assert_complete
from tests.generation.paying import get_run_spending, rows_of
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.fleet,
    pytest.mark.wide,
    pytest.mark.timeout(300),
]


def test_a_stopped_worker_hands_over_its_records_and_the_logs_role_writes_them(
    fleet: Fleet,
) -> None:
    variables = {"FLEET_PROVIDER": "paying", "FLEET_CONCEPTS": "60", "FLEET_DELAY_SECONDS": "1.5"}
    fleet.start("workflow", "content_generation", "beat", **variables)
    order = fleet.order("Tying knots", **variables)
    wait_until(GenerationRun.objects.exists)
    run_id = GenerationRun.objects.get().pk
    wait_until(lambda: get_run_progress(run_id).ready > 10)
    fleet.stop("content_generation", signal.SIGTERM)
    assert get_run_progress(run_id).ready < 180
    fleet.start("content_generation", **variables)
    stdout, stderr = order.communicate(timeout=100)
    assert order.returncode == 0, stderr
    assert json.loads(stdout)["run"]["state"] == "ready"
    assert_complete(run_id, 60)
    assert rows_of(run_id).calls == 0  # they wait in the queue: nobody has taken them yet
    spent = get_run_spending(run_id)
    assert spent.calls >= 181
    fleet.start("logs", **variables)
    wait_until(lambda: rows_of(run_id).calls >= spent.calls)
    assert rows_of(run_id) == get_run_spending(run_id)
