"""The operations' pages for servers and clients without OperationsEndpoints in front."""

from django.urls import re_path

from connection_budget.watch import health

urlpatterns = [
    re_path(r"^health/?$", health.health_view),
    re_path(r"^health/live/?$", health.live_view),
    re_path(r"^metrics/?$", health.metrics_view),
]
