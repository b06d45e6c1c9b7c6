from django.apps import AppConfig

from connection_budget.forks import renew_asgiref_thread_in_forked_children


class ConnectionBudgetConfig(AppConfig):
    name = "connection_budget"
    verbose_name = "Connection budget"

    def ready(self) -> None:
        # With the cap come its hooks for forks, before any worker can fork.
        from connection_budget import cap, checks

        renew_asgiref_thread_in_forked_children()
