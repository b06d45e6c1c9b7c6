"""Runs as the staff's list shows them: what is under way first, then the newest."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan

from generation.models import GenerationRun
from generation.operations.acts import Act, acts_for
from generation.run_states import OPEN, RunState
from generation.runs.progress import RunProgress, get_progress_of, look_at_progress

OPEN_SHOWN = 20
CLOSED_SHOWN = 20
NEWEST_FIRST = ("-created_at", "-id")
# What the list may be narrowed to, by the name in the address.
FILTERS: dict[str, frozenset[RunState]] = {
    "open": OPEN,
    **{state.value: frozenset({state}) for state in RunState if state not in OPEN},
}

_END = re.compile(r"([0-9]{1,17})-([0-9a-f]{32})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Listed:
    run: GenerationRun
    progress: RunProgress
    acts: tuple[Act, ...]


@dataclass(frozen=True)
class RunList:
    """`older` names the row that the next page begins behind; empty on the last one."""

    open: list[Listed]
    more_open: bool
    closed: list[Listed]
    older: str


def list_runs(*, only: str = "", before: str = "") -> RunList:
    """Three statements, however many runs there are. What makes no sense counts as not said.

    Those under way stand on the first page; a list that is narrowed has no such part.
    """
    wanted = FILTERS.get(only)
    is_first = wanted is None and not _read_end(before)
    under_way = _take(_of_states(OPEN), OPEN_SHOWN) if is_first else []
    rest = _runs().exclude(state__in=list(OPEN)) if wanted is None else _of_states(wanted)
    closed = _take(_behind(rest, _read_end(before)), CLOSED_SHOWN)
    progress = get_progress_of(run.pk for run in (*under_way, *closed))
    return RunList(
        open=[_listed(run, progress) for run in under_way[:OPEN_SHOWN]],
        more_open=len(under_way) > OPEN_SHOWN,
        closed=[_listed(run, progress) for run in closed[:CLOSED_SHOWN]],
        older=_write_end(closed[CLOSED_SHOWN - 1]) if len(closed) > CLOSED_SHOWN else "",
    )


def _runs() -> QuerySet[GenerationRun]:
    return GenerationRun.objects.select_related("roadmap").order_by(*NEWEST_FIRST)


def _of_states(states: Iterable[RunState]) -> QuerySet[GenerationRun]:
    return _runs().filter(state__in=sorted(states))


def _take(runs: QuerySet[GenerationRun], size: int) -> list[GenerationRun]:
    """One more than is shown tells whether there are more."""
    return list(runs[: size + 1])


def _listed(run: GenerationRun, progress: dict[uuid.UUID, RunProgress]) -> Listed:
    found = progress[run.pk]
    if run.artifact_id is not None:
        found = look_at_progress(run)
    return Listed(run, found, acts_for(RunState(run.state), failed=found.failed))


def _read_end(text: str) -> tuple[datetime, uuid.UUID] | None:
    found = _END.fullmatch(text[:60])
    if found is None:
        return None
    try:
        return _EPOCH + int(found[1]) * _MICROSECOND, uuid.UUID(hex=found[2])
    except OverflowError:
        return None


def _write_end(run: GenerationRun) -> str:
    return f"{(run.created_at - _EPOCH) // _MICROSECOND}-{run.pk.hex}"


def _behind(
    runs: QuerySet[GenerationRun], end: tuple[datetime, uuid.UUID] | None
) -> QuerySet[GenerationRun]:
    if end is None:
        return runs
    # As one comparison of rows: the index is entered where the page begins.
    return runs.filter(TupleLessThan(Tuple(F("created_at"), F("id")), end))
