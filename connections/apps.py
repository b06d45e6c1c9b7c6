from django.apps import AppConfig

from connections.forks import renew_asgiref_thread_in_forked_children


class ConnectionsConfig(AppConfig):
    name = "connections"
    verbose_name = "Connection budget"

    def ready(self) -> None:
        from connections import checks

        renew_asgiref_thread_in_forked_children()
