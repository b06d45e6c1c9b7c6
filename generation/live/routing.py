from typing import Any
from urllib.parse import urlsplit

from channels.routing import URLRouter
from django.urls import path, re_path

from generation.live.consumers import RunConsumer


async def refuse_socket(_scope: Any, receive: Any, send: Any) -> None:
    """Nothing of ours is at this address."""
    await receive()
    await send({"type": "websocket.close"})


def refuse_unreadable(router: Any) -> Any:
    """Without sockets whose Origin cannot be read; Channels' validator would fail at it."""

    async def route(scope: Any, receive: Any, send: Any) -> None:
        origins = [value for name, value in scope.get("headers", []) if name == b"origin"]
        chosen = router if all(map(_is_readable, origins)) else refuse_socket
        await chosen(scope, receive, send)

    return route


def _is_readable(origin: bytes) -> bool:
    try:
        # Asked for its port, it reads the whole of it.
        return urlsplit(origin.decode("latin-1")).port != 0
    except ValueError:
        return False


websocket_router = URLRouter(
    [
        path("ws/runs/<uuid:run_id>/", RunConsumer.as_asgi()),  # type: ignore[arg-type, list-item]  # ASGI, not a view
        re_path("", refuse_socket),  # type: ignore[arg-type, list-item]  # likewise
    ]
)
