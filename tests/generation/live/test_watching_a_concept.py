"""The socket of a page that has a concept open: its words, its hints, and its mark."""

from __future__ import annotations

import json
import uuid

import pytest

from accounts.limits.sockets import open_places
from generation.live.hints import group_of_words, send_hint, send_text
from generation.live.watching import watch_window
from roadmaps.models import Visibility
from tests.generation.live.test_run_consumer import dial, layer_and_lane  # noqa: F401 - a fixture
from tests.generation.websocket import Websocket
from tests.learning.library import open_order

pytestmark = pytest.mark.django_db(transaction=True)

CONCEPT = 7
WORDS = {"words": {"text": "a", "first": 0, "blocks": ["<p>One.</p>"], "tail": ""}}


@pytest.fixture
def run_id(transactional_db: None) -> uuid.UUID:
    return open_order(visibility=Visibility.UNLISTED).run_id


def dial_for_words(run_id: uuid.UUID, query: str = f"words={CONCEPT}") -> Websocket:
    socket = dial(run_id)
    socket.scope["query_string"] = query.encode()
    return socket


async def test_the_words_of_the_concept_that_is_open_are_heard(run_id: uuid.UUID) -> None:
    socket = dial_for_words(run_id)
    assert await socket.connect() is None
    await send_text(group_of_words(run_id, CONCEPT + 1), "of another concept")
    await send_text(group_of_words(uuid.uuid4(), CONCEPT), "of another run")
    await send_text(group_of_words(run_id, CONCEPT), json.dumps(WORDS))
    assert await socket.hear() == WORDS
    await socket.disconnect()


async def test_hints_are_heard_that_are_about_it_or_about_all(run_id: uuid.UUID) -> None:
    socket = dial_for_words(run_id)
    await socket.connect()
    await send_hint(run_id, 1, [CONCEPT + 1])
    await send_hint(run_id, 2, [CONCEPT, CONCEPT + 1])
    await send_hint(run_id, 3)
    assert [await socket.hear(), await socket.hear()] == [{"seq": 2}, {"seq": 3}]
    await socket.disconnect()


async def test_the_page_of_a_run_hears_hints_about_any_concept_and_no_words(
    run_id: uuid.UUID,
) -> None:
    socket = dial(run_id)
    await socket.connect()
    await send_text(group_of_words(run_id, CONCEPT), json.dumps(WORDS))
    await send_hint(run_id, 1, [CONCEPT])
    assert await socket.hear() == {"seq": 1}
    await socket.disconnect()


async def test_the_mark_stands_while_the_socket_is_open(run_id: uuid.UUID) -> None:
    key = watch_window(run_id, CONCEPT).key
    socket = dial_for_words(run_id)
    await socket.connect()
    assert open_places()._counts[key] == 1
    await socket.disconnect()
    assert open_places()._counts[key] == 0


@pytest.mark.parametrize(
    "query",
    [
        "words=",
        "words=0",
        "words=-1",
        "words=x",
        "words=7&words=8",
        f"words={'9' * 60}",
        "w",
        "%00",
    ],
)
async def test_a_question_that_cannot_be_read_is_that_of_a_page_of_a_run(
    run_id: uuid.UUID, query: str
) -> None:
    socket = dial_for_words(run_id, query)
    assert await socket.connect() is None
    await send_hint(run_id, 1, [CONCEPT])
    assert await socket.hear() == {"seq": 1}
    await socket.disconnect()
