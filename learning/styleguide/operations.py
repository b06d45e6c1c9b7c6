"""The staff's pages: the board in its states, and a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from concepts.models import Artifact, ArtifactKindLabel, ArtifactStateLabel
from generation.models import CallOutcome, GenerationEvent, ModelCallRecord
from generation.operations.acts import acts_for
from generation.operations.charts import Chart, Column, draw
from generation.operations.day_limits import DayLimit
from generation.operations.fleet import ModelServer, Queue, RoleBar, Seen
from generation.operations.run_details import STATES, EventLine, KindRow, RunDetails
from generation.operations.run_lists import Listed, RunList
from generation.operations.spending import Spending
from generation.port.allowances import Allowance, Used
from generation.run_states import OPEN, RunState
from generation.runs.progress import RunProgress
from learning.styleguide.cast import THEN, make_concept, make_run
from learning.styleguide.sample import Component, Sample

BOARD = "operations/_board.html"
RUN = "operations/_run.html"
MESSAGES = "operations/_messages.html"
_SERVER = ModelServer("models.example", "a-model", 8, 60, None)


def list_components() -> list[Component]:
    return [
        Component("Operations: what was done", _messages()),
        Component("Operations: the board", _boards()),
        Component("Operations: a run", _runs()),
    ]


@dataclass(frozen=True)
class _Message:
    level_tag: str
    text: str

    def __str__(self) -> str:
        return self.text


def _messages() -> list[Sample]:
    told = [_Message("success", "“Knots” is cancelled."), _Message("warning", "Nothing was done.")]
    return [Sample("done, and not done", MESSAGES, {"messages": told}, around="operations")]


def _boards() -> list[Sample]:
    none = RunList(open=[], more_open=False, closed=[], older="")
    quiet = {"seen": _seen(), "runs": none, "today": Spending(), **_charts([0] * 14)}
    down = {"seen": _seen(is_down=True), "server": _SERVER, "busy": True}
    return [
        Sample("in work", BOARD, _board(_in_work()), around="operations"),
        Sample("quiet", BOARD, _board(quiet), around="operations"),
        Sample("nothing answers", BOARD, _board(down), around="operations"),
    ]


def _board(said: dict[str, Any]) -> dict[str, Any]:
    filters = [("", "all"), ("open", "under way"), ("failed", "failed")]
    return {"now": THEN, "filters": filters, "only": "", "versions": [("Cairn", "1.0")], **said}


def _in_work() -> dict[str, Any]:
    return {
        "seen": _seen(refusal="The key is not known."),
        "server": _SERVER,
        "runs": RunList(
            open=[_listed(state) for state in RunState if state in OPEN],
            more_open=True,
            closed=[_listed(state) for state in RunState if state not in OPEN],
            older="before",
        ),
        "today": Spending(120, 3, 480_000, 610_000, Decimal("2.35"), 1),
        "limits": _limits(),
        **_charts([3, 0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9]),
    }


def _limits() -> list[DayLimit]:
    both = Allowance("site", 5_000_000, Decimal(20))
    tokens = Allowance("user:1", 200_000)
    return [
        DayLimit("site", both, Used(1_090_000, Decimal("2.35"))),
        DayLimit("account", tokens, Used(200_000), "ada@knots.example", 1),
        DayLimit("visitor", tokens, Used(150_000), digest="3f2a51"),
        DayLimit("network", tokens, Used(90_000), digest="9c0d44"),
    ]


def _listed(state: RunState) -> Listed:
    progress = RunProgress(72, 30, 1) if state != RunState.QUEUED else RunProgress(0, 0, 0)
    return Listed(make_run(state), progress, acts_for(state, failed=progress.failed))


def _seen(*, refusal: str = "", is_down: bool = False) -> Seen:
    pool = {"checked_out": 2, "max_connections": 8, "waiting": 0, "lost": 1 if is_down else 0}
    live = None if is_down else 31
    health = {
        "redis": {"status": "down" if is_down else "up"},
        "fleet": {"live_total": live, "max_connections": 100, "reserved": 3},
        "database": {"pool": pool},
    }
    roles = [RoleBar("web", 24, 12, 100, 50), RoleBar("workflow", 8, 11, 33, 46)]
    unknown = [RoleBar("web", 24, None, 100, 0)]
    queues = [Queue("workflow", 3, 2), Queue("logs", 0, 0)]
    pace = {"held_seconds": 12, "booked_seconds": 0, "refusal": refusal, "refused_seconds": 90}
    if is_down:
        return Seen(health, unknown, [Queue("workflow", None, None)], None)
    return Seen(health, roles, queues, pace)


def _charts(counts: Sequence[int]) -> dict[str, Chart]:
    kinds = ("ready", "partial", "stopped", "open")
    days = [
        Column(f"{day} Mar", tuple((kind, count // place) for place, kind in enumerate(kinds, 1)))
        for day, count in enumerate(counts, start=1)
    ]
    hours = [
        Column(f"{hour:02}:00", (("in", 4_000 * count), ("out", 6_000 * count)))
        for hour, count in enumerate(counts)
    ]
    return {"days": draw(days), "tokens": draw(hours)}


def _runs() -> list[Sample]:
    ready = _details(RunState.READY)
    return [
        Sample("partial", RUN, _page(_failed_details()), around="operations"),
        Sample("ready", RUN, _page(ready), around="operations"),
        Sample("the database is busy", RUN, {"busy": True}, around="operations"),
    ]


def _page(details: RunDetails) -> dict[str, Any]:
    labels = [ArtifactStateLabel(state).label for state in STATES]
    return {"details": details, "now": THEN, "query": "", "artifact_states": labels}


def _details(state: RunState, **more: Any) -> RunDetails:
    said: dict[str, Any] = {
        "failed": [], "failed_count": 0, "older": 0, "purposes": [], "calls": [],
    }  # fmt: skip
    counts = tuple(24 if place == 2 else 0 for place, _ in enumerate(STATES))
    return RunDetails(
        run=make_run(state),
        acts=acts_for(state, failed=1),
        kinds=[KindRow(str(kind.label), counts) for kind in ArtifactKindLabel],
        events=_events(),
        **(said | more),
    )


def _failed_details() -> RunDetails:
    artifact = Artifact(
        pk=1, concept=make_concept(), kind="quiz", attempts=3, error_class="ContentRefused",
        error_public="It was not good enough.", error_detail="two keys for one question",
    )  # fmt: skip
    purpose = {
        "purpose": "quizzes", "calls": 24, "unanswered": 1, "sum_in": 9_000, "sum_out": 12_000,
        "sum_cost": Decimal("0.21"),
    }  # fmt: skip
    call = ModelCallRecord(
        at=THEN, purpose="quiz", attempt=2, outcome=CallOutcome.values[-1], seconds=2.4,
        error_class="ServerSilent",
    )  # fmt: skip
    return _details(
        RunState.PARTIAL,
        failed=[artifact],
        failed_count=9,
        older=2,
        purposes=[purpose],
        calls=[call],
    )


def _events() -> list[EventLine]:
    told = (("The bowline: quiz failed.", "429 from the server"), ("Work has begun.", ""))
    return [
        EventLine(GenerationEvent(seq=seq, created_at=THEN + timedelta(seconds=seq)), text, detail)
        for seq, (text, detail) in zip((9, 8), told, strict=True)
    ]
