"""Giving connections back before the request is over."""

from asgiref.sync import sync_to_async  # noqa: TID251 - a request's connection is in its thread
from django.db import connections

from connection_budget.seats.seats import request_holds_connection

in_request_thread = sync_to_async


def return_connections() -> None:
    """End this thread's connections, where they are not kept (CONN_MAX_AGE) or within `atomic`."""
    for wrapper in connections.all(initialized_only=True):
        if not wrapper.in_atomic_block and wrapper.settings_dict["CONN_MAX_AGE"] == 0:
            wrapper.close()


async def return_before_a_lane() -> None:
    """For an async view whose session or user was asked for in the request's own thread.

    As many such requests as there are seats would each keep one connection while their units
    wait for another.
    """
    if request_holds_connection():
        await in_request_thread(return_connections)()
