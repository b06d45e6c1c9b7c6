"""A PostgreSQL of a test's own."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from config.embedded.secrets import passwords
from tests.embedded.checkouts import Checkout


class Server:
    """A throw-away PostgreSQL, and its superuser."""

    def __init__(self, checkout: Checkout) -> None:
        self.checkout = checkout
        self.admin = {"user": "postgres", "password": passwords(checkout.state)["postgres"]}

    def apply(self, sql: str) -> None:
        with self.checkout.connect(**self.admin) as connection:
            connection.execute(sql.encode())

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.checkout.connect(**self.admin) as connection:
            return connection.execute(query.encode()).fetchall()

    def limit(self, user: str) -> int:
        limits = dict(self.rows("SELECT rolname, rolconnlimit FROM pg_roles"))
        return int(limits[user])

    def login(self, user: str) -> psycopg.Connection[Any]:
        return self.checkout.connect(user=user, password="secret")

    def set_password(self, user: str) -> None:
        statement = SQL("ALTER ROLE {} PASSWORD 'secret'").format(Identifier(user))
        self.apply(statement.as_string())

    def state(self) -> list[set[str]]:
        """All that the SQL could change."""
        tables = ("pg_authid", "pg_auth_members", "pg_db_role_setting", "pg_database")
        return [set(map(repr, self.rows(f"TABLE {table}"))) for table in tables]
