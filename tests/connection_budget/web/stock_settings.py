"""The same project on Django as it comes: its pool of the same size, nothing of ours."""

import os

from tests.connection_budget.settings import *

MIDDLEWARE = []
DATABASES["default"]["CONN_HEALTH_CHECKS"] = "STOCK_HEALTH_CHECKS" in os.environ
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"]["OPTIONS"]["pool"] |= {
    "min_size": 1,
    "timeout": float(os.environ.get("SEAT_SECONDS", "10")),
}
