"""An ASGI module that asks the database while it is loaded, as it should not."""

from django.db import connection

from tests.connection_budget.asgi.wrapped import application

__all__ = ["application"]

connection.ensure_connection()
