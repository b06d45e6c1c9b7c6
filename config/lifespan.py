"""The start and the end of a web process.

An ASGI application runs no system checks, so a budget that does not fit is refused here.
"""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from uvicorn.config import STARTUP_FAILURE

from accounts.limits.sockets import close_open_places
from config.bootstrap import REFUSALS, prepare_database
from connection_budget.budget.refusal import BudgetRefused, assert_budget
from connection_budget.watch.monitoring import start_monitoring, stop_monitoring
from generation.live.sockets import close_socket_lane


def refuse_overcommitment() -> None:
    """Exits. Called where the application is made: not every server sends lifespan events."""
    try:
        assert_budget(settings.CONNECTION_BUDGET, settings.PROCESS_ROLE)
    except BudgetRefused as error:
        sys.stderr.write(f"web: {error}\n")
        # Where uvicorn has several processes, it starts one that ends otherwise again and again.
        sys.exit(STARTUP_FAILURE)


class Lifespan:
    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        await receive()
        try:
            prepare_web()
        except REFUSALS as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        start_monitoring()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        stop_monitoring()
        await close_socket_lane()
        await close_open_places()
        await send({"type": "lifespan.shutdown.complete"})


def prepare_web() -> None:
    """Refuse an overcommitted budget; join the embedded services. Migrating is for others."""
    prepare_database(migrating=False)
    if settings.EMBEDDED_REDIS is not None:
        settings.EMBEDDED_REDIS.join()
