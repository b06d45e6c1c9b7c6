from django.apps import AppConfig


class WiringConfig(AppConfig):
    """Makes our Celery application the current one wherever Django runs."""

    name = "config"

    def ready(self) -> None:
        from config import celery
