"""The ASGI application of the web role: pages and web sockets."""

import os

from channels.routing import ProtocolTypeRouter
from channels.security.websocket import AllowedHostsOriginValidator

from connections.handler import get_asgi_application, refuse_politely
from connections.seating import Scope, SeatedApplication

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")

django_pages = get_asgi_application()

from django.conf import settings  # noqa: E402 - Django is set up above

from config.lifespan import Lifespan, refuse_overcommitment  # noqa: E402 - likewise
from connections.health import OperationsEndpoints  # noqa: E402 - likewise
from connections.process import process_seats  # noqa: E402 - likewise
from generation.routing import websocket_router  # noqa: E402 - likewise

refuse_overcommitment()


def is_static(scope: Scope) -> bool:
    """Files are sent without the database, so they want no seat."""
    path: str = scope["path"]
    return path.startswith(f"{scope.get('root_path', '')}{settings.STATIC_URL}")


pages = SeatedApplication(django_pages, process_seats(), refuse=refuse_politely, bypasses=is_static)
application = ProtocolTypeRouter(
    {
        "http": OperationsEndpoints(pages),
        "websocket": AllowedHostsOriginValidator(websocket_router),
        "lifespan": Lifespan(),
    }
)
