"""No process opens more connections than its role declares, whoever asks, from any thread."""

from __future__ import annotations

from typing import Any

import pytest

from tests.connection_budget.cap.crowd import perform
from tests.databases import database_url

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

WITH_FIVE = (
    *("threads", "default_executor", "second_pool", "lane_and_main", "lanes_of_all_and_main"),
    *("opening_and_closing", "collected_wrappers", "closed_underneath", "staying_threads"),
)
WITH_ONE = (
    *("threads", "default_executor", "lane_and_main", "lanes_of_all_and_main", "idle_holder"),
    *("busy_holder", "taken_while_used", "closed_underneath"),
)
IN_VAIN = ("in_a_transaction", "open_cursor")

Reports = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def with_five(django_db_setup: None, django_db_blocker: Any) -> Reports:
    with django_db_blocker.unblock():
        return perform(database_url(), WITH_FIVE, connections=5)


@pytest.fixture(scope="module")
def in_vain(django_db_setup: None, django_db_blocker: Any) -> Reports:
    with django_db_blocker.unblock():
        return perform(database_url(), IN_VAIN, connections=1, wait_seconds=1)


@pytest.fixture(scope="module")
def with_one(in_vain: Reports, django_db_blocker: Any) -> Reports:
    with django_db_blocker.unblock():
        return in_vain | perform(database_url(), WITH_ONE, connections=1)


@pytest.mark.parametrize("scene", WITH_FIVE)
def test_the_server_never_shows_more_than_five_connections(with_five: Reports, scene: str) -> None:
    assert with_five[scene]["most"] <= 5


@pytest.mark.parametrize("scene", WITH_ONE + IN_VAIN)
def test_the_server_never_shows_more_than_one_connection(with_one: Reports, scene: str) -> None:
    assert with_one[scene]["most"] <= 1


@pytest.mark.parametrize("scene", WITH_FIVE)
def test_somebody_is_served_and_so_is_who_asks_afterwards(with_five: Reports, scene: str) -> None:
    assert (with_five[scene]["served"] > 0, with_five[scene]["afterwards"]) == (True, 1)


@pytest.mark.parametrize("scene", WITH_ONE + IN_VAIN)
def test_with_one_connection_too_the_next_one_is_served(with_one: Reports, scene: str) -> None:
    assert with_one[scene]["afterwards"] == 1


@pytest.mark.parametrize(
    ("scene", "served"),
    [
        ("second_pool", 6),
        ("lane_and_main", 10),
        ("lanes_of_all_and_main", 11),
        ("opening_and_closing", 160),
        ("collected_wrappers", 12),
    ],
)
def test_nobody_is_refused_where_connections_come_back(
    with_five: Reports, scene: str, served: int
) -> None:
    assert (with_five[scene]["served"], with_five[scene]["refusals"]) == (served, [])


@pytest.mark.parametrize(
    ("scene", "served"),
    [("lane_and_main", 10), ("lanes_of_all_and_main", 3), ("busy_holder", 1)],
)
def test_one_connection_serves_all_that_wait_for_it(
    with_one: Reports, scene: str, served: int
) -> None:
    assert (with_one[scene]["served"], with_one[scene]["refusals"]) == (served, [])


def test_threads_that_stay_with_idle_connections_do_not_keep_them_for_ever(
    with_five: Reports,
) -> None:
    assert with_five["staying_threads"]["beside_them"] == 1


def test_a_connection_that_passes_from_thread_to_thread_fails_no_query(with_one: Reports) -> None:
    scene = with_one["taken_while_used"]
    assert (scene["served"] >= 20, scene["refusals"]) == (True, [])


@pytest.mark.parametrize("scene", IN_VAIN)
def test_nobody_loses_a_transaction_or_a_cursor_to_another(in_vain: Reports, scene: str) -> None:
    assert in_vain[scene]["served"] == 1
    assert "MainThread" in in_vain[scene]["refusals"][0]


@pytest.mark.parametrize("connections", [1, 5])
def test_several_databases_share_the_number(
    django_db_setup: None, django_db_blocker: Any, connections: int
) -> None:
    with django_db_blocker.unblock():
        url = database_url()
        seen = perform(url, ("two_databases",), connections=connections, SECOND_DATABASE="yes")
    scene = seen["two_databases"]
    assert (scene["served"], scene["refusals"], scene["most"] <= connections) == (16, [], True)


def test_the_refusal_names_role_number_holder_and_what_to_do(with_one: Reports) -> None:
    (refusal,) = with_one["idle_holder"]["refusals"]
    said = ("role beat", "1 connection", "Held by: keeper for", "(idle)", "connection.close()")
    assert [word for word in said if word not in refusal] == []
    assert "ROLE_BEAT_CONNECTIONS" in refusal
