"""Where PostgreSQL and Redis are, in every form in which people write it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
import redis
from django.core.exceptions import ImproperlyConfigured
from kombu import Connection

from config.addresses import broker_address, database_settings, redis_address
from config.embedded import Redis
from tests.servers import ThrowAwayServer


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://u@%2Fvar%2Frun%2Fpostgresql/db", ("u", "", "/var/run/postgresql", "", "db")),
        ("postgresql:///db?host=/var/run/postgresql", ("", "", "/var/run/postgresql", "", "db")),
        ("postgresql://u:p@/db?host=/run&port=5433", ("u", "p", "/run", "5433", "db")),
        ("postgresql:////var/run/postgresql/db", ("", "", "/var/run/postgresql", "", "db")),
        ("postgresql://u@%2Frun:5433/db", ("u", "", "/run", "5433", "db")),
        ("postgres://u@[::1]:5433/db", ("u", "", "::1", "5433", "db")),
        ("pgsql://u@one:1,two:2/db", ("u", "", "one,two", "1,2", "db")),
        ("postgresql://a%40b:%25%40%23%2F%3A@h/d%20b", ("a@b", "%@#/:", "h", "", "d b")),
        # Nobody has encoded these, and yet they are clear.
        ("postgresql://u:p@ss:w#rd+100%@h:1/db", ("u", "p@ss:w#rd+100%", "h", "1", "db")),
        ("postgresql://u:p?w@h/db", ("u", "p?w", "h", "", "db")),
    ],
)
def test_a_database_is_found_where_the_address_says(url: str, place: tuple[str, ...]) -> None:
    found = database_settings(url)
    assert tuple(found[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")) == place


def test_what_follows_the_question_mark_is_for_postgresql() -> None:
    found = database_settings("postgresql://u@h/db?sslmode=require&options=-c%20jit%3Doff")
    assert found["OPTIONS"] == {"sslmode": "require", "options": "-c jit=off"}


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///x.db",
        "garbage",
        "postgresql://u:secret@h:port/db",
        "postgresql://u:secret@h:99999/db",
        "postgresql://u:secret@[::1/db",
        "postgresql://u:secret@h/db?colour=blue",
        "postgresql://u:secret@h",
        "postgresql://u:secret@%zz/db",
        "postgresql://u:secret@h/d%00b",
    ],
)
def test_another_address_is_refused_without_telling_it(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_URL ") as refusal:
        database_settings(url)
    assert "secret" not in str(refusal.value)


@pytest.mark.slow
def test_a_server_on_a_socket_is_reached_in_each_form() -> None:
    with ThrowAwayServer() as server:
        directory = str(server.directory)
        for url in (
            f"postgresql://owner@{quote(directory, safe='')}/postgres",
            f"postgresql://owner@/postgres?host={directory}",
            f"postgresql://owner@/{directory}/postgres",
        ):
            found = database_settings(url)
            with psycopg.connect(
                host=found["HOST"], dbname=found["NAME"], user=found["USER"]
            ) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize(
    ("url", "ours", "brokers"),
    [
        ("redis://h:1/2", "redis://h:1/2", "redis://h:1/2"),
        ("rediss://:p%40@h", "rediss://:p%40@h", "rediss://:p%40@h"),
        ("unix:///run/r.sock", "unix:///run/r.sock", "redis+socket:///run/r.sock"),
        (
            "unix://u:p@/run/r.sock?db=3",
            "unix://u:p@/run/r.sock?db=3",
            "redis+socket://u:p@/run/r.sock?virtual_host=3",
        ),
        (
            "redis://:p@%2Frun%2FR.sock/3",
            "unix://:p@/run/R.sock?db=3",
            "redis+socket://:p@/run/R.sock?virtual_host=3",
        ),
        ("unix://%2Frun%2FR.sock", "unix:///run/R.sock", "redis+socket:///run/R.sock"),
    ],
)
def test_redis_is_named_as_each_library_names_it(url: str, ours: str, brokers: str) -> None:
    assert redis_address(url) == ours
    assert broker_address(ours) == brokers


@pytest.mark.parametrize(
    "url",
    ["h:6379", "http://h", "redis://h:port", "redis://[::1", "redis://:a#secret@h", "unix://"],
)
def test_another_address_of_redis_is_refused_without_telling_it(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^REDIS_URL must be like") as refusal:
        redis_address(url)
    assert "secret" not in str(refusal.value)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    server.join()
    yield server
    server.leave()


@pytest.mark.slow
def test_all_libraries_come_to_the_same_database_of_redis(server: Redis) -> None:
    socket = server.url.removeprefix("unix://").partition("?")[0]
    url = redis_address(f"redis://{quote(socket, safe='')}/3")
    with redis.Redis.from_url(url) as ours, Connection(broker_address(url)) as broker:
        ours.set("who", "us")
        channel: Any = broker.default_channel
        assert channel.client.get("who") == b"us"
        assert ours.connection_pool.connection_kwargs["db"] == 3
