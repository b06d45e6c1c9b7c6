"""A browser's side of a web socket. (Channels' own needs daphne, a server we do not use.)"""

from __future__ import annotations

import json
from typing import Any

from asgiref.testing import ApplicationCommunicator


class Websocket:
    def __init__(
        self,
        application: Any,
        path: str,
        headers: list[tuple[bytes, bytes]],
        address: str = "127.0.0.1",
    ) -> None:
        self.scope: dict[str, Any] = {
            "type": "websocket",
            "client": (address, 50_000),
            "path": path,
            "query_string": b"",
            "headers": headers,
            "subprotocols": [],
        }
        self._app: Any = ApplicationCommunicator(application, self.scope)  # type: ignore[no-untyped-call]  # comes without types

    async def connect(self) -> int | None:
        """None when accepted; else the code it was closed with."""
        await self._app.send_input({"type": "websocket.connect"})
        answer = await self._app.receive_output(timeout=5)
        if answer["type"] == "websocket.accept":
            return None
        code: int = answer.get("code", 1000)
        return code

    async def denial(self) -> Any:
        """The start of the answer to a handshake that is refused by HTTP."""
        await self._app.send_input({"type": "websocket.connect"})
        return await self._app.receive_output(timeout=5)

    async def say(self, text: str) -> None:
        await self._app.send_input({"type": "websocket.receive", "text": text})

    async def hear(self) -> Any:
        answer = await self._app.receive_output(timeout=5)
        assert answer["type"] == "websocket.send"
        return json.loads(answer["text"])

    async def hears_nothing(self) -> bool:
        nothing: bool = await self._app.receive_nothing()
        return nothing

    async def disconnect(self) -> None:
        await self._app.send_input({"type": "websocket.disconnect", "code": 1000})
        await self._app.wait(timeout=100)
