"""The lane through which web sockets reach the database.

One for a whole web process: sockets need it once, when they connect. An idle lane, like an idle
socket, holds no connection (in the web role CONN_MAX_AGE is 0).
"""

from __future__ import annotations

import functools

from connection_budget.lanes.executor import DbExecutor


@functools.cache
def socket_lane() -> DbExecutor:
    return DbExecutor(1, name="db-socket-lane", unit_deadline=5.0)


async def close_socket_lane() -> None:
    """Before the process ends."""
    if socket_lane.cache_info().currsize:
        await socket_lane().aclose()
        socket_lane.cache_clear()
