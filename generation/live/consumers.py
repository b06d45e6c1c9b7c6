"""The web socket of a run: it tells a browser to look again, and nothing else."""

from __future__ import annotations

import uuid
from typing import Any

import structlog
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings
from django.db import Error
from django.http import Http404, parse_cookie
from redis.exceptions import RedisError

from accounts.limits.rules import address_of_socket, socket_windows
from accounts.limits.sockets import open_places
from accounts.sessions import get_user_of_session
from connection_budget.lanes.units import UnitTimedOut
from generation.live.hints import group_of
from generation.live.sockets import socket_lane
from generation.runs.access import get_visible_run

TRY_AGAIN_LATER = 1013

log = structlog.get_logger(__name__)


class RunConsumer(AsyncJsonWebsocketConsumer):
    """Messages are `{"seq": n}`: the run's history reaches n. The page then asks for the events."""

    _place: str | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Without Redis or the database the socket is closed; the page polls meanwhile."""
        try:
            await super().__call__(scope, receive, send)
        except (OSError, RedisError, Error, UnitTimedOut) as error:
            log.warning("socket_dropped", path=scope["path"], error=str(error))
            await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
        finally:
            if self._place is not None:
                await open_places().give_back(self._place)

    async def connect(self) -> None:
        session, address = session_key(self.scope), address_of_socket(self.scope)
        self._place = await open_places().take(socket_windows(session, address))
        if self._place is None:
            await self._refuse()
            return
        run_id: uuid.UUID = self.scope["url_route"]["kwargs"]["run_id"]
        if not await socket_lane().run(may_watch, run_id, session_key(self.scope)):
            await self.close()
            return
        self.groups = [group_of(run_id)]
        await self.channel_layer.group_add(group_of(run_id), self.channel_name)
        await self.accept()
        # The server and all between it and us hold the same list, for as long as it is open.
        headers: Any = self.scope["headers"]
        headers.clear()

    async def _refuse(self) -> None:
        """Too many are open: 429. The page polls, and tries again after longer and longer times."""
        if "websocket.http.response" not in (self.scope.get("extensions") or {}):
            await self.close(TRY_AGAIN_LATER)
            return
        headers = [(b"retry-after", b"60"), (b"content-length", b"0")]
        denial: tuple[Any, ...] = (
            {"type": "websocket.http.response.start", "status": 429, "headers": headers},
            {"type": "websocket.http.response.body", "body": b""},
        )
        for message in denial:
            await self.base_send(message)

    async def receive(self, *_: Any, **__: Any) -> None:
        """Browsers have nothing to say here."""

    async def run_hint(self, message: dict[str, Any]) -> None:
        await self.send_json({"seq": message["seq"]})


def may_watch(run_id: uuid.UUID, key: str | None) -> bool:
    """The rule of the page; one unit, asked once, when the socket opens."""
    try:
        get_visible_run(get_user_of_session(key), run_id)
    except Http404:
        return False
    return True


def session_key(scope: Any) -> str | None:
    headers = dict(scope["headers"])
    cookies = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
    return cookies.get(settings.SESSION_COOKIE_NAME)
