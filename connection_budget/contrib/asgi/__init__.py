"""For those who serve pages over ASGI: one call around the application."""

from connection_budget.contrib.asgi.wrapping import wrap

__all__ = ["wrap"]
