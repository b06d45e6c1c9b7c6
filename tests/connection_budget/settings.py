"""A small project of its own around `connection_budget`: what any Django project would write.

The tests of this folder run in it, too, wherever DATABASE_URL says:
`DJANGO_SETTINGS_MODULE=tests.connection_budget.settings pytest tests/connection_budget`.
"""

import copy
import logging
import os

import structlog

from connection_budget.budget.budget import budget_from_environment
from tests.connection_budget.fleet import FLEET
from tests.connection_budget.web.database import database_from_url

SECRET_KEY = "only-for-tests"
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
ROOT_URLCONF = "tests.connection_budget.web.site"
STATIC_URL = "/static/"  # a live server of Django asks for it
INSTALLED_APPS = ["connection_budget", "django_celery_results"]
MIDDLEWARE = ["connection_budget.seats.middleware.ReleaseMiddleware"]
if "SYNCHRONOUS_MIDDLEWARE" in os.environ:
    MIDDLEWARE += ["tests.connection_budget.web.site.synchronous"]
PROCESS_ROLE = os.environ.get("PROCESS_ROLE", "command")
SEAT_DEADLINE_SECONDS = float(os.environ.get("SEAT_DEADLINE_SECONDS", "60"))
CONNECTION_BUDGET_WAIT_SECONDS = float(os.environ.get("CONNECTION_BUDGET_WAIT_SECONDS", "5"))
METRICS_OPEN = True
METRICS_DIRECTORY = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
CONNECTION_BUDGET = budget_from_environment(os.environ, FLEET)
DATABASES = {"default": database_from_url(os.environ["DATABASE_URL"])}
DATABASES["default"]["OPTIONS"] |= {
    "application_name": os.environ.get("WEB_APPLICATION_NAME", PROCESS_ROLE),
    "connect_timeout": int(os.environ.get("DATABASE_CONNECT_TIMEOUT", "2")),
}
if PROCESS_ROLE == "web":
    DATABASES["default"] |= {
        "CONN_MAX_AGE": 0,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
    DATABASES["default"]["OPTIONS"] |= {
        "pool": {
            "max_size": CONNECTION_BUDGET.role("web").connections,
            # For a connection that is being made: what the package says by itself.
            "timeout": float(os.environ.get("POOL_SECONDS", "3")),
        }
    }
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}

if "SECOND_DATABASE" in os.environ:
    DATABASES["reports"] = copy.deepcopy(DATABASES["default"])
    DATABASES["reports"]["TEST"] = {"NAME": f"test_reports_{DATABASES['default']['NAME']}"}

if PROCESS_ROLE == "web":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
