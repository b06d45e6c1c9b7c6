"""The same site as Django comes: no seats, and Django's own PostgreSQL backend with its pool."""

from benchmarks.settings import *

MIDDLEWARE = [one for one in MIDDLEWARE if not one.startswith("connection_budget.")]
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
