"""A small project of its own around `connection_budget`: what any Django project would write."""

import logging
import os

import structlog

from config.fleet import FLEET
from connection_budget.budget.budget import budget_from_environment
from tests.web.database import database_from_url

SECRET_KEY = "only-for-tests"
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
ROOT_URLCONF = "tests.web.site"
INSTALLED_APPS = ["connection_budget"]
MIDDLEWARE = ["connection_budget.seats.middleware.ReleaseMiddleware"]
PROCESS_ROLE = "web"
SEAT_DEADLINE_SECONDS = float(os.environ.get("SEAT_DEADLINE_SECONDS", "60"))
CONNECTION_BUDGET = budget_from_environment(os.environ, FLEET)
DATABASES = {
    "default": database_from_url(os.environ["DATABASE_URL"])
    | {
        "ENGINE": "connection_budget.postgresql",
        "CONN_MAX_AGE": 0,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
}
DATABASES["default"]["OPTIONS"] |= {
    "application_name": os.environ["WEB_APPLICATION_NAME"],
    "connect_timeout": 2,
    "pool": {"max_size": CONNECTION_BUDGET.role("web").connections},
}

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
