"""Pages that do what real ones do to a pool: wait, stream, fail half-way, run away."""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

from asgiref.sync import sync_to_async  # noqa: TID251 - what a careless project would write
from django.core.asgi import get_asgi_application as get_stock_application
from django.db import OperationalError, connections, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import include, path

from connection_budget.postgresql.base import DatabaseWrapper
from connection_budget.process import process_executor, process_seats
from connection_budget.seats.handler import get_asgi_application, refuse_politely
from connection_budget.seats.seating import Application, SeatedApplication
from connection_budget.watch.health import OperationsEndpoints

queries_begun = itertools.count()
runaways: set[asyncio.Task[Any]] = set()
gate = asyncio.Event()


def query(seconds: float = 0.0, alias: str = "default") -> int:
    """Any work in the database; the backend it ran on."""
    next(queries_begun)
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), pg_sleep(%s)", [seconds])
        return int(cursor.fetchone()[0])


def synchronous(get_response: Any) -> Any:
    """A middleware as most are written."""

    def respond(request: HttpRequest) -> Any:
        return get_response(request)

    return respond


def show_query(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(query(float(request.GET.get("seconds", 0)))))


def show_both(request: HttpRequest) -> HttpResponse:
    """Needs two databases at once, in the order that is asked for."""
    aliases = request.GET["order"].split(",")
    return HttpResponse(str([query(0.02, alias) for alias in aliases]))


async def show_query_from_async(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        str(await process_executor().run(query, float(request.GET.get("seconds", 0))))
    )


async def show_mixed(request: HttpRequest) -> HttpResponse:
    """Asks for its user in the request's thread, then for three things at once in lanes."""
    await sync_to_async(query)(0.01)
    units = (process_executor().run(query, 0.01) for _ in range(3))
    return HttpResponse(str(await asyncio.gather(*units)))


def show_large(request: HttpRequest) -> HttpResponse:
    query()
    return HttpResponse(b"x" * int(request.GET["bytes"]))


def show_stream(request: HttpRequest) -> StreamingHttpResponse:
    """Queries for each part, as an export does."""
    return StreamingHttpResponse(_parts(int(request.GET["parts"]), int(request.GET["bytes"])))


def show_async_stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(_async_parts(int(request.GET["parts"])))


def show_atomic_stream(request: HttpRequest) -> StreamingHttpResponse:
    """Insists on one transaction for the whole stream."""
    return StreamingHttpResponse(_atomic_parts(int(request.GET["parts"])))


def show_failing_stream(request: HttpRequest) -> StreamingHttpResponse:
    query()
    return StreamingHttpResponse(itertools.chain(_parts(1, 1), _fail()))


def show_failing_async_stream(request: HttpRequest) -> StreamingHttpResponse:
    query()
    return StreamingHttpResponse(_fail_async())


async def show_runaway(request: HttpRequest) -> HttpResponse:
    """Begins a task that queries when the request is long over."""
    task = asyncio.create_task(_run_away())
    runaways.add(task)
    task.add_done_callback(runaways.discard)
    return HttpResponse("off")


async def show_escape(request: HttpRequest) -> HttpResponse:
    """Queries in a thread that nobody ends with the request."""
    escaped: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    threading.Thread(target=_escape, args=(escaped,)).start()
    return HttpResponse(str(await escaped))


SPAWNED = """
import django, json, os
django.setup()
from connection_budget.cap.limits import limit_for
from connection_budget.conf import get_role_name
limit = limit_for("default")
print(json.dumps([get_role_name(), limit.total, limit.remedy]))
"""


def show_spawned(request: HttpRequest) -> HttpResponse:
    """What a command that a page starts takes itself for."""
    command = [sys.executable, "-c", SPAWNED]
    return HttpResponse(subprocess.run(command, capture_output=True, check=True).stdout)


async def show_held(request: HttpRequest) -> HttpResponse:
    """Keeps its seat, without the database, until the gate is opened."""
    await gate.wait()
    return HttpResponse("held")


async def show_kept(request: HttpRequest) -> HttpResponse:
    """Borrows a connection on a thread that never ends, and that nobody closes it on."""
    return HttpResponse(str(await sync_to_async(query, thread_sensitive=False)()))


def show_length(request: HttpRequest) -> HttpResponse:
    query()
    return HttpResponse(str(len(request.body)))


async def show_statistics(request: HttpRequest) -> JsonResponse:
    if gc.isenabled():
        gc.collect()
    pools = DatabaseWrapper._connection_pools  # reading `pool` would make one
    pool = pools["default"].get_stats() if "default" in pools else {}
    seats = process_seats().statistics()
    return JsonResponse(
        {
            "seats": vars(seats),
            "pool": pool,
            "threads": threading.active_count(),
            "queries": queries_begun.__reduce__()[1][0],
            "runaways": len(runaways),
            "pid": os.getpid(),
        }
    )


async def open_gate(request: HttpRequest) -> HttpResponse:
    gate.set()
    return HttpResponse("open")


def _parts(parts: int, size: int) -> Iterator[bytes]:
    for _ in range(parts):
        query()
        yield b"x" * size


async def _async_parts(parts: int) -> AsyncIterator[bytes]:
    for _ in range(parts):
        yield str(await process_executor().run(query)).encode()


def _atomic_parts(parts: int) -> Iterator[bytes]:
    with transaction.atomic():
        for _ in range(parts):
            yield f"{query()}\n".encode()


def _fail() -> Iterator[bytes]:
    query()
    raise RuntimeError("half-way")
    yield b""  # type: ignore[unreachable]  # which makes this a generator


async def _fail_async() -> AsyncIterator[bytes]:
    yield b"x"
    await sync_to_async(query)()
    raise RuntimeError("half-way")


async def _run_away() -> None:
    await gate.wait()
    await sync_to_async(query)()


def _escape(escaped: asyncio.Future[int]) -> None:
    call = escaped.get_loop().call_soon_threadsafe
    try:
        call(escaped.set_result, query())
    except OperationalError as error:
        call(escaped.set_exception, error)


urlpatterns = [
    path("", include("connection_budget.watch.urls")),
    path("query", show_query),
    path("both", show_both),
    path("async-query", show_query_from_async),
    path("mixed", show_mixed),
    path("large", show_large),
    path("stream", show_stream),
    path("async-stream", show_async_stream),
    path("atomic-stream", show_atomic_stream),
    path("failing-stream", show_failing_stream),
    path("failing-async-stream", show_failing_async_stream),
    path("runaway", show_runaway),
    path("escape", show_escape),
    path("held", show_held),
    path("spawned", show_spawned),
    path("kept", show_kept),
    path("length", show_length),
    path("free/statistics", show_statistics),
    path("free/open-gate", open_gate),
]


def make_application() -> Application:
    """What `uvicorn --factory` serves."""
    if "WITHOUT_GC" in os.environ:
        gc.disable()  # what was lost stays lost, however busy the process is
    if os.environ["DJANGO_SETTINGS_MODULE"].endswith("stock_settings"):
        stock: Application = get_stock_application()
        return stock
    pages = SeatedApplication(
        get_asgi_application(),
        process_seats(),
        refuse=refuse_politely,
        bypasses=lambda scope: scope["path"].startswith("/free/"),
        wait_seconds=float(os.environ.get("SEAT_SECONDS", "10")),
        body_bytes=1_000_000,
        body_seconds=float(os.environ.get("BODY_SECONDS", "30")),
    )
    return OperationsEndpoints(pages)
