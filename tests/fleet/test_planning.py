"""A plan in steps, and everything stops while it is half made."""

from __future__ import annotations

import json
import signal
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from concepts.models import Artifact
from generation.models import EventType, GenerationEvent, GenerationRun
from generation.runs.progress import get_run_progress
from roadmaps.models import DetailsState, Module
from tests.databases import database_url
from tests.fleet.fleet import Fleet
from tests.generation.cast import assert_history, get_run
from tests.generation.providers.gateway.model_server import ModelServer
from tests.generation.providers.gateway.received import Received
from tests.generation.providers.gateway.writings import data_in
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.fleet,
    pytest.mark.wide,
    pytest.mark.timeout(300),
]

CONCEPTS, FIRST_MODULE, MODULES = 12, 4, 4


def module_of(request: Received) -> str:
    """By its first concept."""
    return str(data_in(request.text)["concepts"][0]["key"])


@pytest.fixture
def model() -> Iterator[ModelServer]:
    """It plans the first module, and thinks about the others for ever."""

    def seconds(request: Received) -> float:
        return 3_600 if request.purpose == "details" and module_of(request) != "c1" else 0

    with ModelServer(concepts=CONCEPTS, seconds=seconds) as server:
        yield server


@pytest.fixture
def fleet(transactional_db: None, tmp_path: Path, model: ModelServer) -> Iterator[Fleet]:
    connection.close()
    told = {"FLEET_PROVIDER": "openai", "LLM_MAX_CONCURRENCY": "6", "LLM_TIMEOUT_SECONDS": "300"}
    with Fleet(tmp_path, database_url(), **told, **model.environment()) as fleet:
        yield fleet


def states_of_modules(run_id: uuid.UUID) -> Counter[str]:
    return Counter(Module.objects.filter(run_id=run_id).values_list("details_state", flat=True))


def test_when_all_stops_after_the_first_module_nothing_closes_and_resuming_goes_on(
    fleet: Fleet, model: ModelServer
) -> None:
    """All that is to be written so far is ready then: modules alone tell what is missing."""
    fleet.start("workflow", "content_generation")
    fleet.order("Keeping bees", "--concepts", str(CONCEPTS))
    wait_until(lambda: Artifact.objects.filter(state="ready").count() == 3 * FIRST_MODULE)
    wait_until(lambda: len([one for one in model.received if one.purpose == "details"]) == MODULES)
    fleet.stop("workflow", signal.SIGKILL)
    fleet.stop("content_generation", signal.SIGKILL)

    run = GenerationRun.objects.get()
    assert (run.state, run.finished_at) == ("running", None)
    assert states_of_modules(run.pk) == {DetailsState.READY: 1, DetailsState.RUNNING: 3}
    model.seconds = lambda _request: 0
    stdout, stderr = fleet.command(
        "generate_roadmap", "--resume", str(run.pk), "--format", "json"
    ).communicate(timeout=200)

    assert json.loads(stdout)["run"]["state"] == "ready", stderr
    assert states_of_modules(run.pk) == {DetailsState.READY: MODULES}
    progress = get_run_progress(run.pk)
    assert (progress.ready, progress.failed) == (3 * CONCEPTS, 0)
    ends = GenerationEvent.objects.filter(run=run.pk, type=EventType.RUN_FINISHED)
    assert ends.get().seq == get_run(run.pk).last_seq
    assert_history(run.pk)
    # What was ready is not asked again; what was under way is, once.
    asked = Counter(module_of(one) for one in model.received if one.purpose == "details")
    assert asked.pop("c1") == 1
    assert set(asked.values()) == {2}
    purposes = Counter(one.purpose for one in model.received)
    assert purposes["skeleton"] == 1
    assert purposes["tutorial"] == purposes["quiz"] == CONCEPTS
