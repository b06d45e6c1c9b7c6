"""Seats: one bound and one queue for coroutines and threads."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from connection_budget.seats.seats import NoSeat, Seats, Ticket, seat_request
from connection_budget.seats.waiting import wait_for_seat
from tests.connection_budget.cast import eventually
from tests.connection_budget.metrics.test_metrics import value_of
from tests.waiting import wait_until


def numbers(seats: Seats) -> tuple[int, int]:
    return seats.statistics().taken, seats.statistics().waiting


def never() -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()


def test_without_seats_there_is_nothing_to_wait_for() -> None:
    with pytest.raises(ValueError, match="total=0"):
        Seats(0)


async def test_never_more_are_taken_than_there_are() -> None:
    seats, inside, most = Seats(3), 0, 0

    async def visit() -> None:
        nonlocal inside, most
        give_back = await wait_for_seat(seats, never(), 10)
        assert give_back is not None
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0)
        inside -= 1
        give_back()

    await asyncio.gather(*(visit() for _ in range(50)))
    assert most == 3
    assert numbers(seats) == (0, 0)


async def test_first_come_first_served_threads_among_coroutines() -> None:
    seats, order = Seats(1), []
    begin = seats.take(1)

    async def visit(name: str) -> None:
        give_back = await wait_for_seat(seats, never(), 10)
        order.append(name)
        assert give_back is not None
        give_back()

    def visit_from_thread() -> None:
        give_back = seats.take(10)
        order.append("thread")
        give_back()

    first = asyncio.create_task(visit("first"))
    await eventually(lambda: numbers(seats) == (1, 1))
    thread = threading.Thread(target=visit_from_thread)
    thread.start()
    await eventually(lambda: numbers(seats) == (1, 2))
    last = asyncio.create_task(visit("last"))
    await eventually(lambda: numbers(seats) == (1, 3))
    begin()
    await asyncio.gather(first, last)
    thread.join()
    assert order == ["first", "thread", "last"]
    assert numbers(seats) == (0, 0)


async def test_a_cancelled_waiter_leaves_the_queue() -> None:
    seats = Seats(1)
    seats.take(1)
    waiter = asyncio.create_task(wait_for_seat(seats, never(), 10))
    await eventually(lambda: numbers(seats) == (1, 1))
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    assert numbers(seats) == (1, 0)


async def test_a_seat_that_came_with_the_cancellation_goes_back() -> None:
    seats = Seats(1)
    give_back = seats.take(1)
    waiter = asyncio.create_task(wait_for_seat(seats, never(), 10))
    await eventually(lambda: numbers(seats) == (1, 1))
    give_back()  # the loop has not run since: the waiter does not know
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    assert numbers(seats) == (0, 0)


async def test_who_is_gone_takes_no_seat_even_when_one_is_free() -> None:
    seats, gone = Seats(1), never()
    gone.set_result(None)
    assert not await wait_for_seat(seats, gone, 10)
    assert numbers(seats) == (0, 0)


async def test_waiting_has_an_end() -> None:
    seats, before = Seats(1), value_of("db_pool_timeouts_total")
    seats.take(1)
    with pytest.raises(NoSeat, match="none of the 1 seats"):
        await wait_for_seat(seats, never(), 0.01)
    with pytest.raises(NoSeat):
        seats.take(0.01)
    assert numbers(seats) == (1, 0)
    assert value_of("db_pool_timeouts_total") == before + 2


def test_many_threads_at_random_lose_nothing() -> None:
    seats = Seats(2)

    def visit(number: int) -> None:
        try:
            give_back = seats.take(0.001 * (number % 3))
        except NoSeat:
            return
        give_back()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(visit, range(2000)))
    assert numbers(seats) == (0, 0)


class TestTicket:
    """A request's seat carries one connection."""

    def test_is_the_seat_of_the_first_connection(self) -> None:
        seats = Seats(2)
        ticket = seat_request(seats, seats.take(1))
        give_back = seats.seat_connection(1)
        assert numbers(seats) == (1, 0)
        second = seats.seat_connection(1)
        assert numbers(seats) == (2, 0)
        second()
        give_back()
        assert numbers(seats) == (1, 0)
        ticket.release()
        assert numbers(seats) == (0, 0)

    def test_stays_as_long_as_its_connection_is_out(self) -> None:
        seats = Seats(1)
        ticket = seat_request(seats, seats.take(1))
        give_back = seats.seat_connection(1)
        ticket.release()
        ticket.release()
        assert numbers(seats) == (1, 0)
        give_back()
        assert numbers(seats) == (0, 0)

    def test_is_of_no_use_after_the_request(self) -> None:
        seats = Seats(1)
        seat_request(seats, seats.take(1)).release()
        give_back = seats.seat_connection(1)
        assert numbers(seats) == (1, 0)
        give_back()
        assert numbers(seats) == (0, 0)

    def test_goes_to_the_next_connection_of_the_same_request(self) -> None:
        """Which waits in the queue, behind others, and is found there."""
        seats = Seats(1)
        ticket = seat_request(seats, seats.take(1))
        give_back = seats.seat_connection(1)
        stranger, sibling, second = seats.ask(), ticket.ask(), ticket.ask()
        seats.leave(sibling)
        give_back()
        assert second.done()
        assert not stranger.done()
        ticket.release()
        assert numbers(seats) == (1, 1)
        second.result()()
        assert stranger.done()
        assert numbers(seats) == (1, 0)

    def test_who_leaves_with_a_request_s_seat_in_hand_returns_it_to_the_request(self) -> None:
        seats = Seats(1)
        ticket = seat_request(seats, seats.take(1))
        give_back = seats.seat_connection(1)
        sibling = ticket.ask()
        give_back()
        seats.leave(sibling)
        assert numbers(seats) == (1, 0)
        assert ticket.ask().done()
        ticket.release()

    def test_released_and_returned_at_once_gives_back_once(self) -> None:
        for _ in range(300):
            seats = Seats(2)
            ticket = Ticket(seats, seats.take(1))
            assert ticket.ask().done()
            threads = [threading.Thread(target=end) for end in (ticket.release, ticket.take_back)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert numbers(seats) == (0, 0)


def test_leaving_threads_are_not_waited_for() -> None:
    seats = Seats(1)
    give_back = seats.take(1)
    place = seats.ask()
    wait_until(lambda: numbers(seats) == (1, 1))
    seats.leave(place)
    assert numbers(seats) == (1, 0)
    give_back()
    assert numbers(seats) == (0, 0)
