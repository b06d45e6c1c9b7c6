"""DATABASE_URL and REDIS_URL, in every form that people write them.

A message never holds the address, for that may hold a password.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

DATABASE_SCHEMES = {"postgres", "postgresql", "pgsql"}
_PLACE = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER", "password": "PASSWORD"}
_FORM = "postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
_ENCODED = "what is special in an address is written %40 (@), %3A (:), %2F (/), %25 (%)"


def database_settings(url: str) -> dict[str, Any]:
    """Django's settings for a PostgreSQL address, read as PostgreSQL's own programs read it."""
    scheme, _, rest = url.partition("://")
    if scheme.lower() not in DATABASE_SCHEMES:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://; Cairn needs it.")
    try:
        found = conninfo_to_dict(f"postgresql://{_encode_login(rest)}")
    except (psycopg.ProgrammingError, UnicodeError):
        raise ImproperlyConfigured(
            f"DATABASE_URL cannot be read; it must be like {_FORM}, with options of PostgreSQL "
            f"after a “?”, and {_ENCODED}."
        ) from None
    place = {name: str(found.pop(key, "")) for key, name in _PLACE.items()}
    if place["NAME"].startswith("/"):  # postgresql:////directory/of/the/socket/DATABASE
        place["HOST"], place["NAME"] = place["NAME"].rsplit("/", 1)
    if not all(_is_port(port) for port in place["PORT"].split(",") if port):
        raise ImproperlyConfigured("DATABASE_URL names a port that is no number from 1 to 65535.")
    if not place["NAME"] or any("\0" in text for text in place.values()):
        raise ImproperlyConfigured(f"DATABASE_URL names no database; it must be like {_FORM}.")
    return {"ENGINE": "django.db.backends.postgresql", **place, "OPTIONS": found}


def _encode_login(rest: str) -> str:
    """With a user and password whose special characters nobody has encoded, as far as is clear."""
    before, question, options = rest.partition("?")
    login, at, place = before.rpartition("@")
    user, colon, password = login.partition(":")
    login = f"{_encode(user)}{colon}{_encode(password)}"
    return f"{login}{at}{place}{question}{options}"


def _encode(text: str) -> str:
    return quote(unquote(text), safe="")


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 1 <= int(text) <= 65535


def redis_address(url: str) -> str:
    """The address as redis-py reads it. Raises ImproperlyConfigured."""
    try:
        parts = urlsplit(url)
        socket = unquote(parts.hostname or "")
        # As lower case is no matter of a host, but of a path.
        socket = unquote(parts.netloc.rpartition("@")[2]) if socket.startswith("/") else ""
        usable = parts.scheme in {"redis", "rediss", "unix"} and (socket or parts.port != 0)
    except ValueError:
        usable, socket = False, ""
    if not usable or parts.fragment or (parts.scheme == "unix" and not (socket or parts.path)):
        raise ImproperlyConfigured(
            "REDIS_URL must be like redis://:PASSWORD@HOST:PORT/0, rediss://… or "
            f"unix:///path/of/the/socket?db=0, and {_ENCODED}."
        )
    return _socket_address(url, socket) if socket else url


def _socket_address(url: str, socket: str) -> str:
    """redis://%2Frun%2Fredis.sock/1 is unix:///run/redis.sock?db=1."""
    parts = urlsplit(url)
    login, at, _ = parts.netloc.rpartition("@")
    options = dict(parse_qsl(parts.query))
    if number := parts.path.strip("/"):
        options.setdefault("db", number)
    question = "?" if options else ""
    return f"unix://{login}{at}{quote(socket)}{question}{urlencode(options)}"


def broker_address(url: str) -> str:
    """Celery knows sockets, and databases behind them, under other names than everybody else."""
    if not url.startswith("unix://"):
        return url
    place, question, options = url.removeprefix("unix://").partition("?")
    renamed = [("virtual_host" if name == "db" else name, to) for name, to in parse_qsl(options)]
    return f"redis+socket://{place}{question}{urlencode(renamed)}"
