"""The web socket of a run: it tells a browser to look again, and nothing else."""

from __future__ import annotations

import re
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
from accounts.limits.windows import Window
from accounts.sessions import get_user_of_session
from connection_budget.lanes.units import UnitTimedOut
from generation.live.hints import group_of, group_of_plan, group_of_words
from generation.live.sockets import socket_lane
from generation.live.watching import plan_window, watch_window
from generation.runs.access import get_visible_run

TRY_AGAIN_LATER = 1013
_WORDS = re.compile(rb"words=([1-9][0-9]{0,17})")
_LONGEST_QUERY = 40
_PLAN = b"plan"

log = structlog.get_logger(__name__)


class RunConsumer(AsyncJsonWebsocketConsumer):
    """Messages are `{"seq": n}`: the run's history reaches n. The page then asks for the events.

    With `?words=CONCEPT` they are those about that concept, and the words of its tutorial while it
    is being written (`words.py`): `{"words": {"text", "first", "blocks", "tail"}}`, blocks of HTML
    from number `first` on and what stands behind them, of a text with that name. With `?plan` they
    bring the plan while it is being made, too (`drawing.py`).
    """

    _places: tuple[str | None, ...] = ()
    _concept: int | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Without Redis or the database the socket is closed; the page polls meanwhile."""
        try:
            await super().__call__(scope, receive, send)
        except (OSError, RedisError, Error, UnitTimedOut) as error:
            log.warning("socket_dropped", path=scope["path"], error=str(error))
            await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
        finally:
            for place in filter(None, self._places):
                await open_places().give_back(place)

    async def connect(self) -> None:
        session, address = session_key(self.scope), address_of_socket(self.scope)
        self._places = (await open_places().take(socket_windows(session, address)),)
        if self._places == (None,):
            await self._refuse()
            return
        run_id: uuid.UUID = self.scope["url_route"]["kwargs"]["run_id"]
        if not await socket_lane().run(may_watch, run_id, session_key(self.scope)):
            await self.close()
            return
        self._concept = concept_in(self.scope)
        await self._join(run_id)
        await self.accept()
        # The server and all between it and us hold the same list, for as long as it is open.
        headers: Any = self.scope["headers"]
        headers.clear()

    async def _join(self, run_id: uuid.UUID) -> None:
        """The groups first: who is known to read along misses nothing."""
        read = self._reads_along(run_id)
        self.groups = [group_of(run_id), *(group for group, _ in read)]
        for group in self.groups:
            await self.channel_layer.group_add(group, self.channel_name)
        for _, window in read:
            mark = await open_places().take([window])
            self._places = (*self._places, mark)

    def _reads_along(self, run_id: uuid.UUID) -> list[tuple[str, Window]]:
        """The text that the page asks for, by its group and where readers leave their mark."""
        if self._concept is not None:
            return [(group_of_words(run_id, self._concept), watch_window(run_id, self._concept))]
        if self.scope.get("query_string") == _PLAN:
            return [(group_of_plan(run_id), plan_window(run_id))]
        return []

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
        about = message.get("concepts")
        if not about or self._concept is None or self._concept in about:
            await self.send_json({"seq": message["seq"]})

    async def run_words(self, message: dict[str, Any]) -> None:
        await self.send(text_data=message["text"])


def may_watch(run_id: uuid.UUID, key: str | None) -> bool:
    """The rule of the page; one unit, asked once, when the socket opens."""
    try:
        get_visible_run(get_user_of_session(key), run_id)
    except Http404:
        return False
    return True


def concept_in(scope: Any) -> int | None:
    """The concept whose words a page asks for. One that is not the run's own has none."""
    found = _WORDS.fullmatch(scope.get("query_string", b"")[:_LONGEST_QUERY])
    return None if found is None else int(found[1])


def session_key(scope: Any) -> str | None:
    headers = dict(scope["headers"])
    cookies = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
    return cookies.get(settings.SESSION_COOKIE_NAME)
