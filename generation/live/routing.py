from typing import Any
from urllib.parse import urlparse, urlsplit

from channels.routing import URLRouter
from channels.security import websocket as origins
from django.urls import path, re_path

from generation.live.consumers import RunConsumer


async def refuse_socket(_scope: Any, receive: Any, send: Any) -> None:
    """Nothing of ours is at this address."""
    await receive()
    await send({"type": "websocket.close"})


class OriginValidator(origins.OriginValidator):
    """Channels' rule; where it would fail, at an Origin that cannot be read, we refuse.

    It keeps nothing of the request while the socket is open.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        chosen: Any = self.application if self._comes_from_us(scope) else refuse_socket
        await chosen(scope, receive, send)

    def _comes_from_us(self, scope: Any) -> bool:
        given = [value for name, value in scope.get("headers", []) if name == b"origin"]
        if not all(map(_is_readable, given)):
            return False
        return self.valid_origin(urlparse(given[-1].decode("latin-1")) if given else None)


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
allowed = origins.AllowedHostsOriginValidator(websocket_router).allowed_origins
websockets = OriginValidator(websocket_router, allowed)
