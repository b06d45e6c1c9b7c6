"""Each role's main process dies while a run goes on, and comes back."""

from __future__ import annotations

import json
import signal
import uuid
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from concepts.artifact_states import ArtifactState
from concepts.models import Artifact, Concept
from generation.models import GenerationRun
from generation.run_states import OPEN
from generation.runs.progress import get_run_progress
from tests.fleet.fleet import ROLES, Fleet
from tests.generation.cast import assert_complete, get_run
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fleet, pytest.mark.timeout(300)]

CONCEPTS = 24


@dataclass
class Script:
    """What the provider of all processes writes down, and what it waits for."""

    directory: Path

    def variables(self) -> dict[str, str]:
        return {
            "FLEET_CONCEPTS": str(CONCEPTS),
            "FLEET_DELAY_SECONDS": "1.0",
            "FLEET_CALLS": str(self.directory / "calls"),
            "FLEET_PLAN": str(self.directory / "plan"),
            "FLEET_END": str(self.directory / "end"),
        }

    def let(self, name: str) -> None:
        (self.directory / name).touch()

    def calls(self) -> Counter[str]:
        path = self.directory / "calls"
        return Counter(path.read_text().splitlines() if path.exists() else [])


def kill_and_restart(fleet: Fleet, role: str, number: signal.Signals, script: Script) -> None:
    """In the midst of the run, which the provider does not let end."""
    (run,) = GenerationRun.objects.all()
    assert run.state in OPEN
    fleet.stop(role, number)
    fleet.start(role, **script.variables())
    assert fleet.page(run.get_absolute_url()) == 200
    run.refresh_from_db()
    assert run.state in OPEN


def unfinished(run_id: uuid.UUID) -> set[str]:
    left = Artifact.objects.filter(run_id=run_id).exclude(state=ArtifactState.READY)
    return {f"{key} {kind}" for key, kind in left.values_list("concept__outline_key", "kind")}


@pytest.mark.wide
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_every_role_may_die_and_come_back_while_a_run_goes_on(
    fleet: Fleet, tmp_path: Path, number: signal.Signals
) -> None:
    script = Script(tmp_path)
    fleet.start(*ROLES, **script.variables())
    process = fleet.order("Tying knots", **script.variables())

    wait_until(lambda: script.calls()["outline"])
    kill_and_restart(fleet, "workflow", number, script)
    assert not Concept.objects.exists()  # it died while it was planning
    script.let("plan")

    run_id = GenerationRun.objects.get().pk
    wait_until(lambda: get_run_progress(run_id).ready)
    for role in ("beat", "logs", "web"):
        kill_and_restart(fleet, role, number, script)
    calls = script.calls()
    assert set(calls.values()) - {calls.pop("outline")} <= {1}, "asked again for no reason"

    # Only the beat and the workflow that came back can find what it leaves behind.
    left = unfinished(run_id)
    kill_and_restart(fleet, "content_generation", number, script)
    script.let("end")

    stdout, stderr = process.communicate(timeout=150)
    assert process.returncode == 0, stderr
    assert json.loads(stdout)["run"]["id"] == str(run_id)
    calls = script.calls()
    del calls["outline"]
    again = {call for call, count in calls.items() if count > 1}
    assert again, "it died while it was writing"
    assert again <= left
    assert len(calls) == 3 * CONCEPTS
    assert get_run(run_id).state == "ready"
    assert get_run(run_id).model_calls == 1 + 3 * CONCEPTS
    assert_complete(run_id, CONCEPTS)
