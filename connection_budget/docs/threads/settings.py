"""The project behind each program: Django as it comes, or the same with the package."""

import os
from importlib import import_module

from psycopg.conninfo import conninfo_to_dict

program = import_module(os.environ["STAGE_PROGRAM"])
place = conninfo_to_dict(os.environ["DATABASE_URL"])

SECRET_KEY = "only-for-this-program"
ALLOWED_HOSTS = ["*"]
USE_TZ = True
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": place["dbname"],
        "USER": place.get("user", ""),
        "PASSWORD": place.get("password", ""),
        "HOST": place.get("host", ""),
        "PORT": place.get("port", ""),
        "OPTIONS": {"application_name": os.environ["STAGE_NAME"]},
    }
}

if hasattr(program, "urlpatterns"):
    ROOT_URLCONF = program.__name__

if os.environ["STAGE_VARIANT"] == "package":
    from connection_budget import budget_from_environment, databases

    INSTALLED_APPS = ["connection_budget"]
    MIDDLEWARE = ["connection_budget.seats.middleware.ReleaseMiddleware"]
    PROCESS_ROLE = program.ROLE.name
    CONNECTION_BUDGET = budget_from_environment({}, [program.ROLE])
    DATABASES = databases.for_role(PROCESS_ROLE, CONNECTION_BUDGET, DATABASES)
else:
    DATABASES["default"] |= program.STOCK
