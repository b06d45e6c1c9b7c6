"""An ASGI application that lets at most as many requests into Django as there are connections.

The others wait as plain coroutines, without a thread and without a place in the pool's queue. One
whose client goes away leaves without having touched the database.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import IO, Any

from connection_budget.logs import get_logger
from connection_budget.seats.bodies import (
    BodyRefused,
    ClientGone,
    Message,
    Receive,
    read_body,
    replay,
)
from connection_budget.seats.seats import NoSeat, Seats, Ticket, seat_request
from connection_budget.seats.waiting import admit, wait_for_seat

Scope = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Refuse = Callable[[Scope, int, str], Application]

log = get_logger(__name__)

_AHEAD = {b"sec-purpose", b"purpose", b"x-moz", b"x-prefetch"}


class SeatedApplication:
    """`application` with a seat for each HTTP request.

    The request's body is read first (at most `body_bytes`, in at most `body_seconds`), then the
    request waits up to `wait_seconds` for its seat, then `application` runs. The seat goes back
    when the response starts: by then the release middleware has returned the connection, and a
    client that reads slowly holds nothing.

    Who would have to wait longer gets 503 at once, with a `Retry-After` that says when those who
    wait now have been served. Where there has been a line for `wait_seconds`, or somebody was
    refused less long ago, nobody who comes waits for more than a fifth of them.

    `bypasses(scope)` is true for requests that want no seat, such as static files; their bodies
    are bounded like all others. Should one query all the same, the database backend takes a seat
    for the connection.

    What is asked for ahead of time takes a seat that is free, or gets 503 at once: it keeps nobody
    waiting who reads.

    `refuse(scope, status, message)` gives the application that answers 408, 413 or 503.
    """

    def __init__(
        self,
        application: Application,
        seats: Seats,
        *,
        refuse: Refuse,
        bypasses: Callable[[Scope], bool] = lambda _: False,
        wait_seconds: float = 10.0,
        body_bytes: int = 5 * 1024 * 1024,
        body_seconds: float = 30.0,
    ) -> None:
        self._application = application
        self._seats = seats
        self._refuse = refuse
        self._bypasses = bypasses
        self._wait_seconds = wait_seconds
        self._body_bytes = body_bytes
        self._body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        try:
            body = await read_body(
                receive,
                declared=content_length(scope),
                most_bytes=self._body_bytes,
                seconds=self._body_seconds,
            )
        except ClientGone:
            return
        except BodyRefused as error:
            await self._refuse(scope, error.status, str(error))(scope, receive, send)
            return
        with body:
            await self._answer(scope, receive, send, body)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, body: IO[bytes]) -> None:
        # The body is complete, so the only message that can come is http.disconnect.
        gone = asyncio.ensure_future(_wait_until_gone(receive))
        try:
            if self._bypasses(scope):
                await self._application(scope, _receiver(body, gone), send)
            elif is_ahead_of_time(scope):
                await self._answer_if_free(scope, receive, send, body, gone)
            elif (ticket := await self._take_seat(gone)) is not None:
                await self._run(scope, _receiver(body, gone), send, ticket)
        except NoSeat as error:
            log.warning("db_seat_refused", path=scope["path"], reason=str(error))
            refusal = self._refuse(scope, 503, str(error))
            await refusal(scope, receive, _telling_when(send, error.retry_after))
        finally:
            gone.cancel()

    async def _answer_if_free(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        body: IO[bytes],
        gone: asyncio.Future[None],
    ) -> None:
        if (give_back := self._seats.take_if_free()) is None:
            refusal = self._refuse(scope, 503, "No seat is free.")
            when = self._seats.outlook().retry_after
            await refusal(scope, receive, _telling_when(send, when))
            return
        ticket = seat_request(self._seats, give_back)
        await self._run(scope, _receiver(body, gone), send, ticket)

    async def _take_seat(self, gone: asyncio.Future[None]) -> Ticket | None:
        """None when the client left while it waited."""
        seconds = admit(self._seats, self._wait_seconds)
        if give_back := await wait_for_seat(self._seats, gone, seconds):
            return seat_request(self._seats, give_back)
        log.debug("db_session_request_cancelled", where="seat queue")
        return None

    async def _run(self, scope: Scope, receive: Receive, send: Send, ticket: Ticket) -> None:
        async def send_and_release(message: Message) -> None:
            if message["type"] == "http.response.start":
                ticket.release()
            await send(message)

        try:
            await self._application(scope, receive, send_and_release)
        finally:
            ticket.release()


def content_length(scope: Scope) -> int:
    """As the client declares it; 0 when it does not, or when it is no number."""
    value: bytes = dict(scope["headers"]).get(b"content-length", b"")
    # Python reads no figures of thousands of digits; eighteen nines are too many bytes as well.
    return min(int(value[:4_000]), 10**18) if value.isdigit() else 0


def is_ahead_of_time(scope: Scope) -> bool:
    """Whether a browser, or a script of ours (`X-Prefetch`), asks for what may be wanted next."""
    said = {name: value[:100].lower() for name, value in scope["headers"] if name in _AHEAD}
    return b"x-prefetch" in said or any(b"prefetch" in value for value in said.values())


def _telling_when(send: Send, seconds: int | None) -> Send:
    """Whoever makes the answer knows less of the line than we."""

    async def tell(message: Message) -> None:
        if seconds is not None and message["type"] == "http.response.start":
            said = message.get("headers", ())
            others = [pair for pair in said if pair[0].lower() != b"retry-after"]
            headers = [*others, (b"retry-after", str(seconds).encode())]
            message = {**message, "headers": headers}
        await send(message)

    return tell


async def _wait_until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _receiver(body: IO[bytes], gone: asyncio.Future[None]) -> Receive:
    messages = replay(body)

    async def receive() -> Message:
        message = next(messages, None)
        if message is None:
            await asyncio.shield(gone)
            message = {"type": "http.disconnect"}
        return message

    return receive
