"""What keeps the fleet busy: six roadmaps at once from a slow provider."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections import Counter
from types import TracebackType
from typing import Any, Self

from celery import Celery

from concepts.artifact_states import ArtifactState
from concepts.models import Artifact, ArtifactVersion, Concept
from generation.models import GenerationRun
from tests.fleet.stage import CONCEPTS, Stage
from tests.generation.cast import assert_complete
from tests.waiting import wait_until

GOAL = "Tying knots"
ROADMAPS = 6
ARTIFACTS = 3 * CONCEPTS * ROADMAPS


class SixRoadmaps:
    """Ordered by six commands at once, and planned when the block begins; written when it ends.

    `held`: there is work for as long as the block takes, or until `let_end`.
    """

    def __init__(self, stage: Stage, *, held: bool = False) -> None:
        self._stage = stage
        self._held = held
        self._known = set(GenerationRun.objects.values_list("pk", flat=True))
        self._orders: list[subprocess.Popen[str]] = []
        self._reports: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        self._stage.calls.unlink(missing_ok=True)
        self._stage.end.unlink(missing_ok=True)
        if not self._held:
            self.let_end()
        self._orders = [self._stage.fleet.order(GOAL) for _ in range(ROADMAPS)]
        try:
            wait_until(self._are_planned, every=0.1)
        except BaseException:
            self._give_up()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.let_end()
            if error is None:
                self._reports = [_report_of(process) for process in self._orders]
        finally:
            self._give_up()

    @property
    def run_ids(self) -> list[uuid.UUID]:
        return list(GenerationRun.objects.exclude(pk__in=self._known).values_list("pk", flat=True))

    def pages(self) -> list[str]:
        """Of their concepts."""
        concepts = Concept.objects.filter(roadmap__runs__in=self.run_ids).select_related("roadmap")
        return [f"{one.roadmap.get_absolute_url()}{one.slug}/" for one in concepts]

    def count_ready(self) -> int:
        """Artifacts that are written."""
        return Artifact.objects.filter(
            concept__roadmap__runs__in=self.run_ids, state=ArtifactState.READY
        ).count()

    def await_share(self, share: float) -> None:
        """Wait until so much of all is written."""
        wait_until(lambda: self.count_ready() >= share * ARTIFACTS, seconds=120, every=0.1)

    def let_end(self) -> None:
        """The last concepts, too, may be written."""
        self._stage.end.touch()

    def deliver_again(self) -> None:
        """The first message of each run, a second time."""
        broker = self._stage.fleet.environment()["REDIS_URL"]
        broker = broker.replace("unix://", "redis+socket://", 1)
        with Celery("again", broker=broker, set_as_current=False) as celery:
            for run_id in self.run_ids:
                celery.send_task("generation.tasks.start_run", [str(run_id)], queue="workflow")

    def calls(self) -> Counter[str]:
        """How often the provider was asked for each artifact of any of the roadmaps."""
        calls = Counter(self._stage.calls.read_text().splitlines())
        del calls["outline"]
        return calls

    def assert_written_once(self) -> None:
        """Every artifact of every roadmap."""
        for report in self._reports:
            assert report["failures"] == []
            assert_complete(uuid.UUID(report["run"]["id"]), CONCEPTS)
        versions = ArtifactVersion.objects.filter(artifact__concept__roadmap__runs__in=self.run_ids)
        assert versions.count() == versions.values("artifact").distinct().count() == ARTIFACTS

    def _are_planned(self) -> bool:
        planned = Concept.objects.filter(roadmap__runs__in=self.run_ids)
        return planned.count() == ROADMAPS * CONCEPTS

    def _give_up(self) -> None:
        """Whatever is still going."""
        self.let_end()
        for process in self._orders:
            if process.poll() is None:
                process.kill()
                process.communicate()


def _report_of(process: subprocess.Popen[str]) -> dict[str, Any]:
    stdout, stderr = process.communicate(timeout=150)
    assert process.returncode == 0, stderr
    report: dict[str, Any] = json.loads(stdout)
    return report
