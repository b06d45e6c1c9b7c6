"""Channels' layer in Redis, with one task that reads for all sockets of a process."""

from __future__ import annotations

import asyncio
import functools
from typing import Any

from channels_redis.core import RedisChannelLayer

Message = dict[str, Any]


class OneReaderLayer(RedisChannelLayer):  # type: ignore[misc]  # comes without types
    """An idle socket waits on a future, and on nothing else.

    The layer it extends gives each of them two tasks and a queue, which is as much as all else that
    an application holds for a socket. What is sent, and what is lost when, stays the same: it is
    read as that layer reads, and a failure is told to one socket at a time.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._waiting: dict[str, asyncio.Future[Message]] = {}
        self._reader: asyncio.Task[None] | None = None

    async def receive(self, channel: str) -> Message:
        if "!" not in channel:
            other: Message = await super().receive(channel)
            return other
        self.require_valid_channel_name(channel)
        if channel in self.receive_buffer:
            return self._take(channel)
        assert channel not in self._waiting, "a channel has one listener"
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Message] = loop.create_future()
        self._waiting[channel] = waiter
        self._read_on(self.non_local_name(channel), loop)
        try:
            return await waiter
        except asyncio.CancelledError:
            self._leave(channel, waiter)
            raise

    def _take(self, channel: str) -> Message:
        """What came while nobody listened."""
        message: Message = self.receive_buffer[channel].get_nowait()
        if self.receive_buffer[channel].empty():
            del self.receive_buffer[channel]
        return message

    def _read_on(self, shared_channel: str, loop: asyncio.AbstractEventLoop) -> None:
        if self._reader is not None and not self._reader.done():
            assert self._reader.get_loop() is loop, "one event loop at a time"
            return
        self._reader = loop.create_task(self._read(shared_channel))
        self._reader.add_done_callback(functools.partial(self._read_again, shared_channel))

    def _read_again(self, shared_channel: str, reader: asyncio.Task[None]) -> None:
        """After a failure: the others try again, and are told in their turn."""
        error = None if reader.cancelled() else reader.exception()
        if error is None or not self._waiting:
            return
        _, waiter = self._waiting.popitem()
        if not waiter.done():
            waiter.set_exception(error)
        if self._waiting:
            self._read_on(shared_channel, reader.get_loop())

    def _leave(self, channel: str, waiter: asyncio.Future[Message]) -> None:
        """Its socket is closed: nobody will ask for what may have come."""
        if self._waiting.get(channel) is waiter:
            del self._waiting[channel]
        self.receive_buffer.pop(channel, None)
        if not self._waiting and self._reader is not None:
            self._reader.cancel()
            self._reader = None

    async def _read(self, shared_channel: str) -> None:
        """As long as somebody waits."""
        while self._waiting:
            channels, message = await self.receive_single(shared_channel)
            for channel in [channels] if isinstance(channels, str) else channels:
                self._hand_over(channel, message)

    def _hand_over(self, channel: str, message: Message) -> None:
        waiter = self._waiting.pop(channel, None)
        if waiter is None or waiter.done():
            self.receive_buffer[channel].put_nowait(message)
        else:
            waiter.set_result(message)
