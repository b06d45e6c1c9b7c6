"""Threads that outlive their page, and pages that need two databases."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import connection

from tests.connection_budget.cap.crowd import Watch
from tests.connection_budget.web.server import WebServer
from tests.databases import database_url

pytestmark = [
    pytest.mark.django_db(transaction=True, available_apps=["connection_budget"]),
    pytest.mark.slow,
    pytest.mark.timeout(300),
]
POOL = 4


@pytest.fixture
def url(transactional_db: None) -> str:
    connection.close()
    return database_url()


@pytest.fixture
def patient(url: str) -> Iterator[WebServer]:
    """Whose seats have deadlines that nobody reaches here."""
    with WebServer(url, SEAT_SECONDS="60", SEAT_DEADLINE_SECONDS="300") as server:
        yield server


async def statuses(server: WebServer, *paths: str) -> Counter[int]:
    answers = await asyncio.gather(*(server.get(path) for path in paths))
    return Counter(answer.status for answer in answers)


def test_threads_that_outlive_their_page_keep_no_seat(patient: WebServer) -> None:
    assert asyncio.run(statuses(patient, *["/kept"] * 30)) == {200: 30}
    patient.wait_until_whole(POOL)
    assert asyncio.run(statuses(patient, *["/query"] * 8)) == {200: 8}


def test_streams_behind_a_synchronous_middleware_hold_nothing_between_two_parts(url: str) -> None:
    """It makes those in front of it synchronous, too; the handler sees to the stream."""
    with WebServer(url, SEAT_SECONDS="60", SYNCHRONOUS_MIDDLEWARE="yes") as server:
        slow = [server.never_read("/stream?parts=50&bytes=1000000") for _ in range(POOL + 4)]
        try:
            assert asyncio.run(statuses(server, *["/query"] * 4)) == {200: 4}
            server.wait_until_whole(POOL)
        finally:
            for client in slow:
                client.close()


@pytest.fixture
def with_two(url: str) -> Iterator[WebServer]:
    with WebServer(url, SEAT_SECONDS="60", SECOND_DATABASE="yes") as server:
        yield server


def test_pages_that_need_two_databases_are_all_served_within_the_number(
    url: str, with_two: WebServer
) -> None:
    orders = ["/both?order=default,reports", "/both?order=reports,default", "/query"]
    watch = Watch(url, with_two.name)
    with watch.looking():
        seen = asyncio.run(statuses(with_two, *orders * 7))
    assert (seen, watch.most_since_asked() <= POOL) == ({200: 21}, True)
