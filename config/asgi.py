"""The ASGI application of the web role: pages and web sockets."""

import os

from channels.routing import ProtocolTypeRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")

pages = get_asgi_application()

from config.lifespan import Lifespan, refuse_overcommitment  # noqa: E402 - settings come first
from generation.routing import websocket_router  # noqa: E402 - likewise

refuse_overcommitment()

application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": AllowedHostsOriginValidator(websocket_router),
        "lifespan": Lifespan(),
    }
)
