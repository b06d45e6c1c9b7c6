"""Generating a roadmap in the process that asks: one puller, the role's lanes, a progress bar.

Every database call goes through the lanes, so the process holds at most that many connections;
what it really held is sampled after each batch and reported.
"""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Any, Self

from django.db import connection
from structlog.contextvars import bound_contextvars
from tqdm import tqdm

from accounts.models import User
from connection_budget.conf import get_budget, get_role
from connection_budget.watch import server
from connection_budget.watch.observed import ConnectionLog
from generation import dispatch
from generation.day_limits import refuse_owner_when_spent
from generation.management.progress import Waiting, planning
from generation.port.provider import Provider, keeps_books
from generation.port.skeleton import Skeleton
from generation.providers.registry import get_provider
from generation.puller import runner
from generation.puller.patience import PatientDb
from generation.run_states import OPEN, RunState
from generation.runs import batches, lifecycle, plans, reports, selectors
from generation.runs.progress import RunProgress, get_run_progress

# Seconds between two looks at a run that others work on.
FOLLOW_SECONDS = 0.25
# Seconds that looking on outlasts a database that is away.
PATIENCE_SECONDS = 30.0
INTERRUPTED = "Stopped before it was finished; everything written so far is saved."


class Foreground(AbstractContextManager["Foreground"]):
    """The lanes of one command, and what was seen of its connections."""

    def __init__(self) -> None:
        self._db = runner.open_executor()
        # For looking on: a restart of the database is sat out.
        self._patient = PatientDb(self._db, seconds=PATIENCE_SECONDS)
        self._seen = ConnectionLog()
        self._peak = 0
        self._fleet = False
        self._bar: tqdm[Any] | None = None
        self._waiting: Waiting | None = None

    def __enter__(self) -> Self:
        self._seen.listen()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._seen.stop()
        self._db.close()

    def order(
        self, order: dispatch.Order, provider: Provider, *, new: bool, enqueue: bool
    ) -> uuid.UUID:
        """A run for this order: a finished public one of the same wishes, or a fresh one. Raises
        LimitReached and Closed."""
        request = dispatch.check_request(order.request, provider)
        if not new and order.owner is None:
            finished = self._db.run_sync(
                selectors.find_finished_run, request, provider=provider.name
            )
            if finished is not None:
                return finished
        self._db.run_sync(refuse_owner_when_spent, order.owner, provider)
        if enqueue:
            runner.join_broker()
        # Not tried again by itself: an order without a key is a new one each time.
        return self._db.run_sync(
            dispatch.request_roadmap, order, provider, enqueue=enqueue, retry=False
        )

    def find_provider(self, run_id: uuid.UUID) -> Provider:
        """Who writes a run. Raises GenerationRun.DoesNotExist."""
        return get_provider(self._db.run_sync(selectors.get_run_provider, run_id))

    def find_owner(self, email: str | None) -> User | None:
        """Raises User.DoesNotExist."""
        if email is None:
            return None
        return self._db.run_sync(User.objects.get_by_natural_key, email)

    def resume(self, run_id: uuid.UUID, *, enqueue: bool) -> bool:
        if enqueue:
            runner.join_broker()
        return self._db.run_sync(dispatch.resume, run_id, enqueue=enqueue)

    def generate(self, run_id: uuid.UUID, provider: Provider) -> None:
        """Write what is missing; a run that is finished already is left alone.

        Raises KeyboardInterrupt when told to stop, with the run paused and its work saved.
        """
        try:
            with bound_contextvars(run=str(run_id)), self._progress(provider):
                runner.pull_until_closed(
                    run_id,
                    provider=provider,
                    db=self._db,
                    on_saved=self._after_batch,
                    on_planned=self._stop_waiting,
                )
        except KeyboardInterrupt:
            self._db.run_sync(lifecycle.stop_run, run_id, RunState.PAUSED, INTERRUPTED)
            raise

    def follow(self, run_id: uuid.UUID) -> None:
        """Watch the workers until the run is closed; the fleet's connections are sampled."""
        self._fleet = True
        with self._progress():
            while self._patient.run_sync(selectors.get_run_state, run_id) in OPEN:
                live = self._patient.run_sync(server.count_fleet_connections)
                self._peak = max(self._peak, live)
                self._show(self._patient.run_sync(get_run_progress, run_id))
                time.sleep(FOLLOW_SECONDS)

    @contextmanager
    def _progress(self, provider: Provider | None = None) -> Iterator[None]:
        """A bar on a terminal, nothing in a pipe; before, how long a model has been planning."""
        with tqdm(
            desc="Planning", unit=" artifacts", file=sys.stderr, disable=None, leave=False
        ) as self._bar:
            if provider is None or not keeps_books(provider):
                yield
                return
            show = None if self._bar.disable else self._bar.set_description
            with planning(provider, show=show) as self._waiting:
                yield

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.stop()
        if self._bar is not None:
            self._bar.set_description("Writing")

    def _show(self, progress: RunProgress) -> None:
        assert self._bar is not None
        self._bar.total = progress.artifacts or None
        self._bar.n = progress.finished
        self._bar.set_description("Writing" if progress.artifacts else "Planning")

    def report(self, run_id: uuid.UUID) -> dict[str, Any]:
        """The contract's JSON."""
        report = self._patient.run_sync(reports.get_run_report, run_id)
        if not self._fleet:
            self._peak = max(self._peak, self._patient.run_sync(self._count_live))
        budget = get_budget().total if self._fleet else get_role().per_process
        connections = {"peak": self._peak, "budget": budget}
        failures = report.pop("failures")
        return report | {"connections": connections, "failures": failures}

    def find_reason(self, run_id: uuid.UUID) -> str:
        """For people, and on a line of its own what the server said, if that was kept."""
        reason = self._patient.run_sync(selectors.get_run_reason, run_id)
        detail = self._patient.run_sync(selectors.find_detail, run_id)
        return f"{reason}\n  {detail}" if detail else reason

    def find_plan(self, run_id: uuid.UUID) -> Skeleton | None:
        """The plan that waits for a word, where the run stopped with one."""
        plan = self._patient.run_sync(plans.find_plan, run_id)
        return plan.skeleton if plan else None

    def find_refusal(self, run_id: uuid.UUID) -> str | None:
        return self._patient.run_sync(selectors.find_refusal, run_id)

    async def _after_batch(self, batch: batches.SavedBatch) -> None:
        self._peak = max(self._peak, await self._patient.run(self._count_live))
        self._show(await self._patient.run(get_run_progress, batch.run_id))

    def _count_live(self) -> int:
        with connection.cursor() as cursor:
            return self._seen.count_live(cursor)
