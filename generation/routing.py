from channels.routing import URLRouter
from django.urls import path

from generation.consumers import RunConsumer

websocket_router = URLRouter(
    [path("ws/runs/<uuid:run_id>/", RunConsumer.as_asgi())],  # type: ignore[arg-type, list-item]  # ASGI, not a view
)
