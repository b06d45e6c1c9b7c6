"""The ASGI application of the web role: pages and web sockets."""

import multiprocessing
import sys
from io import BytesIO

from channels.routing import ProtocolTypeRouter
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from uvicorn.config import STARTUP_FAILURE

from config.environment import choose_settings
from config.serve.lifeline import end_with_parent
from connection_budget.seats.handler import (
    SyncASGIHandler,
    answering,
    get_asgi_application,
    refuse_politely,
)
from connection_budget.seats.seating import Application, Scope, SeatedApplication


def set_up() -> ASGIHandler:
    """Django, with the settings that .env may choose. Exits where they cannot be used."""
    try:
        choose_settings()
        return get_asgi_application(SyncASGIHandler)
    except ImproperlyConfigured as error:
        sys.stderr.write(f"web: {error}\n")
        sys.exit(STARTUP_FAILURE)


# Where there are several processes, uvicorn's first one has started this one.
if (first := multiprocessing.parent_process()) is not None and first.pid is not None:
    end_with_parent(first.pid)

django_pages = set_up()

from django.conf import settings

from accounts.json_errors import is_for_programs, json_error
from config.headers import StandardHeaders
from config.lifespan import Lifespan, refuse_overcommitment
from config.static_files import StaticFiles
from connection_budget.process import process_seats
from connection_budget.watch.health import OperationsEndpoints, is_for_operations
from generation.live.routing import websockets
from learning.errors import show_cut_off

refuse_overcommitment()


def wants_no_seat(scope: Scope) -> bool:
    """Files and the operations' pages are sent without the database."""
    path: str = scope["path"]
    is_static = path.startswith(f"{scope.get('root_path', '')}{settings.STATIC_URL}")
    return is_static or is_for_operations(scope)


def refuse(scope: Scope, status: int, message: str) -> Application:
    """In front of Django, too, programs get the one shape of errors, and people a page."""
    if status == 503:
        return refuse_politely(scope, status, message)
    if is_for_programs(scope["path"]):
        return answering(json_error(status))
    return answering(show_cut_off(ASGIRequest(scope, BytesIO()), status))


# Not by `connection_budget.contrib.asgi.wrap`, which would do most of this: it ends a process of
# any other role, while tests and benchmarks load this module as commands; our lifespan joins the
# embedded services before and closes sockets after; and that there are no more processes than the
# budget says is docker/web.sh's, which starts as many.
# The bound on bodies stands in front of everything but files, which are sent to who sends none.
pages = StandardHeaders(
    StaticFiles(
        SeatedApplication(
            OperationsEndpoints(django_pages),
            process_seats(),
            refuse=refuse,
            bypasses=wants_no_seat,
        )
    )
)
application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": StandardHeaders(websockets),
        "lifespan": Lifespan(),
    }
)
