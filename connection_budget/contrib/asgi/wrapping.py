"""An application with all that a role which serves pages needs, whichever server runs it."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.asgi import ASGIHandler

from connection_budget.budget.environment import VariableError
from connection_budget.budget.refusal import BudgetRefused, assert_budget, assert_pages
from connection_budget.cap.limits import counted_aliases
from connection_budget.cap.process import cap_of
from connection_budget.conf import get_budget, get_role
from connection_budget.contrib.asgi.processes import take_process_place
from connection_budget.logs import get_logger
from connection_budget.process import process_executor, process_seats
from connection_budget.seats.bodies import Receive
from connection_budget.seats.handler import SafeASGIHandler, refuse_politely
from connection_budget.seats.seating import Application, Refuse, Scope, SeatedApplication, Send
from connection_budget.spawned import count_spawned_on_reserve
from connection_budget.watch.health import OperationsEndpoints, is_for_operations
from connection_budget.watch.monitoring import start_monitoring, stop_monitoring

# By this status uvicorn and gunicorn know that the next process would fail likewise, and end.
REFUSED = 3
# How long a process waits for the one that it replaces; gunicorn gives it 30 s to load.
PREDECESSOR_SECONDS = 20.0

log = get_logger(__name__)


def wrap(
    application: Application,
    *,
    refuse: Refuse = refuse_politely,
    bypasses: Callable[[Scope], bool] = lambda _: False,
    predecessor_seconds: float = PREDECESSOR_SECONDS,
    **limits: Any,
) -> Application:
    """`application = wrap(get_asgi_application())`: endpoints, seats, start and end.

    Exits where the budget does not fit, the role serves no pages or nobody declared it, or this
    process is one too many. `refuse`, `bypasses` and `limits` are those of `SeatedApplication`.
    """
    _refuse_to_start(predecessor_seconds)
    # Stock Django does not end a request whose stream raises.
    pages = SafeASGIHandler() if type(application) is ASGIHandler else application
    seated = SeatedApplication(
        OperationsEndpoints(pages),
        process_seats(),
        refuse=refuse,
        bypasses=lambda scope: is_for_operations(scope) or bypasses(scope),
        **limits,
    )
    living = _Living(seated, predecessor_seconds)
    os.register_at_fork(before=living.count_before_fork)
    return living


def _refuse_to_start(seconds: float) -> None:
    try:
        budget, role = get_budget(), get_role()
        assert_budget(budget, role.name)
        assert_pages(budget, role.name)
        take_process_place(role, seconds=seconds)
    except (BudgetRefused, ImproperlyConfigured, VariableError) as error:
        sys.stderr.write(f"web: {error}\n")
        sys.exit(REFUSED)


class _Living:
    """Begins with the server's lifespan; with the first request where there is none."""

    def __init__(self, application: Application, predecessor_seconds: float) -> None:
        self._application = application
        self._predecessor_seconds = predecessor_seconds
        self._has_begun = False
        self._open_at_fork = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if not self._has_begun:
            log.warning(
                "web_lifespan_missed",
                lacks="a start that is refused in order, and an end that is told: connections "
                "are closed when the process exits",
            )
            atexit.register(_end)
            self._begin()
        await self._application(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            self._begin()
        except BudgetRefused as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        _end()
        await send({"type": "lifespan.shutdown.complete"})

    def _begin(self) -> None:
        """A process that was forked after loading (`gunicorn --preload`) has its place from now."""
        role = get_role()
        take_process_place(role, seconds=self._predecessor_seconds)
        self._has_begun = True
        self._tell_what_the_parent_keeps()
        count_spawned_on_reserve()
        if role.kind.extra_connections:
            start_monitoring()

    def count_before_fork(self) -> None:
        """In the parent: what is open now is not the child's afterwards."""
        if not self._has_begun:
            self._open_at_fork = sum(cap_of(alias).count() for alias in counted_aliases())

    def _tell_what_the_parent_keeps(self) -> None:
        if self._open_at_fork:
            log.warning(
                "web_connected_before_fork",
                connections=self._open_at_fork,
                lacks="the process that loaded the application keeps them beside those of its "
                "children: ask the database later, or load it in each (without --preload)",
            )


def _end() -> None:
    stop_monitoring()
    process_executor().close()
