"""DATABASES from a URL, for a project without django-environ."""

from __future__ import annotations

import os
from typing import Any

from psycopg.conninfo import conninfo_to_dict


def database_from_url(url: str) -> dict[str, Any]:
    place = conninfo_to_dict(url)
    return {
        "ENGINE": os.environ.get("DATABASE_ENGINE", "connection_budget.postgresql"),
        "NAME": place["dbname"],
        "USER": place.get("user", ""),
        "PASSWORD": place.get("password", ""),
        "HOST": place.get("host", ""),
        "PORT": place.get("port", ""),
        "OPTIONS": {},
    }
