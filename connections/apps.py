from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    name = "connections"
    verbose_name = "Connection budget"

    def ready(self) -> None:
        from connections import checks  # noqa: F401, PLC0415 - registers them, once apps are ready
