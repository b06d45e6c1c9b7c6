"""The least that an application of web sockets can be: it accepts and waits."""

from __future__ import annotations

from typing import Any

import config.asgi

assert config.asgi.application, "what a web process holds in any case is loaded here, too"


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "websocket":
        await config.asgi.application(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        pass
