"""The test database, for processes of their own."""

from urllib.parse import quote

from django.db import connection


def database_url() -> str:
    place = connection.settings_dict
    user, password, host = (
        quote(str(place[name]), safe="") for name in ("USER", "PASSWORD", "HOST")
    )
    if place["HOST"].startswith("/"):  # a socket's directory
        port = f"&port={place['PORT']}" if place["PORT"] else ""
        return f"postgresql://{user}:{password}@/{place['NAME']}?host={host}{port}"
    return f"postgresql://{user}:{password}@{host}:{place['PORT'] or 5432}/{place['NAME']}"
