from django.apps import AppConfig


class WiringConfig(AppConfig):
    """Makes our Celery application the current one wherever Django runs."""

    name = "config"

    def ready(self) -> None:
        from config import celery  # noqa: F401, PLC0415 - reads settings, so not before them
