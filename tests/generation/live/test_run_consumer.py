"""The web socket of a run, over the in-memory layer."""

from __future__ import annotations

import asyncio
import gc
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.conf import settings as django_settings
from django.db import OperationalError
from django.http import Http404
from django.test import override_settings
from pytest_django import Settings
from redis.exceptions import ConnectionError as RedisAway

from accounts.limits.sockets import open_places
from generation.live import consumers
from generation.live.hints import send_hint
from generation.live.sockets import socket_lane
from roadmaps.models import Visibility
from tests.generation.websocket import Websocket
from tests.learning.library import open_order
from tests.visitors import VISITORS, Visitors, make_visitors

pytestmark = pytest.mark.django_db(transaction=True)

ORIGIN = "http://localhost"
SEEN_BY = {
    Visibility.PUBLIC: set(VISITORS),
    Visibility.UNLISTED: set(VISITORS),
    Visibility.PRIVATE: {"alice", "staff"},
}


@pytest.fixture(autouse=True)
def layer_and_lane() -> Iterator[None]:
    """A lane keeps its connection in this role: a database in use cannot be dropped."""
    in_memory = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    with override_settings(CHANNEL_LAYERS=in_memory):
        yield
    socket_lane().close()
    socket_lane.cache_clear()


@pytest.fixture
def visitors(transactional_db: None) -> Visitors:
    return make_visitors()


@pytest.fixture
def run_id(transactional_db: None) -> uuid.UUID:
    return open_order(visibility=Visibility.UNLISTED).run_id


def dial(
    run_id: uuid.UUID, *, cookie: str = "", origin: str = ORIGIN, address: str = "127.0.0.1"
) -> Websocket:
    from config.asgi import application

    headers = [(b"origin", origin.encode()), (b"host", b"localhost"), (b"cookie", cookie.encode())]
    return Websocket(application, f"/ws/runs/{run_id}/", headers, address)


def cookie_of(visitors: Visitors, name: str) -> str:
    morsel = visitors.client(name).cookies.get(django_settings.SESSION_COOKIE_NAME)
    return f"sessionid={morsel.value}" if morsel else ""


async def connects(socket: Websocket) -> bool:
    refused = await socket.connect()
    if refused is None:
        await socket.disconnect()
    return refused is None


@pytest.mark.parametrize("visitor", VISITORS)
@pytest.mark.parametrize("visibility", Visibility)
def test_whoever_may_see_the_page_may_watch_the_run(
    visitors: Visitors, visibility: Visibility, visitor: str
) -> None:
    run_id = open_order(owner=visitors.alice, visibility=visibility).run_id
    socket = dial(run_id, cookie=cookie_of(visitors, visitor))
    assert asyncio.run(connects(socket)) is (visitor in SEEN_BY[visibility])


def test_somebody_who_signed_out_is_nobody(visitors: Visitors) -> None:
    run_id = open_order(owner=visitors.alice, visibility=Visibility.PRIVATE).run_id
    client = visitors.client("alice")
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    client.logout()
    assert not asyncio.run(connects(dial(run_id, cookie=cookie)))


def test_a_changed_password_ends_old_sessions_here_too(visitors: Visitors) -> None:
    run_id = open_order(owner=visitors.alice, visibility=Visibility.PRIVATE).run_id
    cookie = cookie_of(visitors, "alice")
    visitors.alice.set_password("another-one")
    visitors.alice.save()
    assert not asyncio.run(connects(dial(run_id, cookie=cookie)))


async def test_a_run_that_is_not_there_is_refused(transactional_db: None) -> None:
    assert not await connects(dial(uuid.uuid4()))


async def test_another_site_cannot_listen(run_id: uuid.UUID) -> None:
    assert not await connects(dial(run_id, origin="https://evil.example"))


async def test_a_hint_is_passed_on_as_a_number_and_nothing_else(run_id: uuid.UUID) -> None:
    socket = dial(run_id)
    await socket.connect()
    await send_hint(run_id, 41)
    assert await socket.hear() == {"seq": 41}
    await socket.disconnect()


async def test_hints_of_another_run_are_not_heard(run_id: uuid.UUID) -> None:
    socket = dial(run_id)
    await socket.connect()
    await send_hint(uuid.uuid4(), 7)
    assert await socket.hears_nothing()
    await socket.disconnect()


async def test_everybody_who_watches_hears_it(run_id: uuid.UUID) -> None:
    sockets = [dial(run_id) for _ in range(3)]
    for socket in sockets:
        await socket.connect()
    await send_hint(run_id, 3)
    assert [await socket.hear() for socket in sockets] == [{"seq": 3}] * 3
    for socket in sockets:
        await socket.disconnect()


@pytest.mark.parametrize("said", ["not json", '{"type": "run.hint", "seq": 9}', "[" * 1_000])
async def test_what_a_browser_says_is_ignored(run_id: uuid.UUID, said: str) -> None:
    socket = dial(run_id)
    await socket.connect()
    await socket.say(said)
    await send_hint(run_id, 1)
    assert await socket.hear() == {"seq": 1}
    await socket.disconnect()


async def test_connecting_is_one_unit_and_watching_none(run_id: uuid.UUID) -> None:
    socket = dial(run_id)
    await socket.connect()
    for seq in range(5):
        await send_hint(run_id, seq)
        await socket.hear()
    await socket.disconnect()
    assert socket_lane().statistics().finished == 1


async def test_a_socket_that_left_is_told_nothing(run_id: uuid.UUID) -> None:
    socket = dial(run_id)
    await socket.connect()
    await socket.disconnect()
    layer = get_channel_layer()
    assert isinstance(layer, InMemoryChannelLayer)
    assert not layer.groups


async def test_a_socket_that_is_open_keeps_nothing_that_its_request_said(
    run_id: uuid.UUID,
) -> None:
    forgotten: set[bytes] = set()

    class Said(bytes):
        def __del__(self) -> None:
            forgotten.add(bytes(self))

    socket = dial(run_id)
    said = {b"origin": ORIGIN.encode(), b"cookie": b"sessionid=abc", b"x-last": b"curl"}
    socket.scope["headers"][:] = [(name, Said(value)) for name, value in said.items()]
    assert await socket.connect() is None
    gc.collect()
    assert forgotten == set(said.values())
    await send_hint(run_id, 41)
    assert await socket.hear() == {"seq": 41}
    await socket.disconnect()


@pytest.mark.parametrize("failure", [OperationalError("no connection"), RedisAway("nobody there")])
async def test_without_its_services_it_closes_and_asks_to_come_back(
    run_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fail(*_: Any) -> bool:
        raise failure

    monkeypatch.setattr(consumers, "may_watch", fail)
    assert await dial(run_id).connect() == consumers.TRY_AGAIN_LATER


async def test_a_session_has_so_many_sockets_and_its_page_polls_without_another(
    run_id: uuid.UUID, settings: Settings
) -> None:
    settings.SOCKETS_PER_SESSION = 3
    sockets = [dial(run_id, cookie="sessionid=abc", address=f"192.0.2.{n}") for n in range(5)]
    refused = consumers.TRY_AGAIN_LATER
    assert [await socket.connect() for socket in sockets] == [None] * 3 + [refused] * 2
    assert await connects(dial(run_id, cookie="sessionid=xyz"))
    await sockets[0].disconnect()
    again = dial(run_id, cookie="sessionid=abc")
    assert await again.connect() is None
    for socket in (again, *sockets[1:3]):
        await socket.disconnect()
    assert not open_places()._mine


async def test_an_address_has_so_many_sockets_whatever_its_cookies(
    run_id: uuid.UUID, settings: Settings
) -> None:
    settings.SOCKETS_PER_ADDRESS = 3
    sockets = [dial(run_id, cookie=f"sessionid={n}") for n in range(5)]
    refused = consumers.TRY_AGAIN_LATER
    assert [await socket.connect() for socket in sockets] == [None] * 3 + [refused] * 2
    assert await connects(dial(run_id, address="192.0.2.1"))
    for socket in sockets[:3]:
        await socket.disconnect()


async def test_one_socket_too_many_is_refused_like_one_page_too_many(
    run_id: uuid.UUID, settings: Settings
) -> None:
    settings.SOCKETS_PER_ADDRESS = 0
    socket = dial(run_id)
    socket.scope["extensions"] = {"websocket.http.response": {}}
    answer = await socket.denial()
    assert answer["status"] == 429
    assert dict(answer["headers"])[b"retry-after"] == b"60"


@pytest.mark.parametrize("failure", [OperationalError("no connection"), Http404()])
async def test_a_socket_that_is_refused_for_another_reason_leaves_its_place(
    run_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fail(*_: Any) -> bool:
        raise failure

    monkeypatch.setattr(consumers, "get_visible_run", fail)
    socket = dial(run_id)
    assert await socket.connect() is not None
    await socket.disconnect()
    assert not open_places()._mine
