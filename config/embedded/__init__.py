"""A PostgreSQL 18 and a Redis for a checkout, where no DATABASE_URL or REDIS_URL is given.

Started by the first process that joins, joined by later ones, stopped when the last one has left
or was killed. Nothing but the standard library; the servers come from wheels or the system.
"""

from config.embedded.errors import EmbeddedServiceError
from config.embedded.postgres import Postgres
from config.embedded.redis import Redis

__all__ = ["EmbeddedServiceError", "Postgres", "Redis"]
