from importlib.util import find_spec

from django.apps import AppConfig

from connection_budget.forks import renew_asgiref_thread_in_forked_children


class ConnectionBudgetConfig(AppConfig):
    name = "connection_budget"
    verbose_name = "Connection budget"

    def ready(self) -> None:
        from connection_budget.checks import fleet

        # The arithmetic and its checks need no driver.
        if find_spec("psycopg"):
            # With the cap come its hooks for forks, before any worker can fork.
            from connection_budget import cap
            from connection_budget.cap.process import begin_with_first_request
            from connection_budget.checks import databases

            begin_with_first_request()

        renew_asgiref_thread_in_forked_children()
