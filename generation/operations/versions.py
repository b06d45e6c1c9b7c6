"""Which program runs here, on what."""

from __future__ import annotations

import functools
import platform
import tomllib
from pathlib import Path

import django
from django.db import connection

PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


@functools.cache
def cairn_version() -> str:
    """From where it stands once."""
    version: str = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"]
    return version


def list_versions() -> list[tuple[str, str]]:
    """The server's is told with every connection, so nobody has to ask."""
    connection.ensure_connection()
    return [
        ("Cairn", cairn_version()),
        ("Django", django.get_version()),
        ("Python", platform.python_version()),
        ("PostgreSQL", _server_version(connection.connection.info.server_version)),
    ]


def _server_version(number: int) -> str:
    """170004 is 17.4."""
    major, minor = divmod(number, 10_000)
    return f"{major}.{minor}"
