"""The image is built, and its roles write a roadmap."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from config.embedded.binaries import redis_server
from config.fleet import FLEET
from tests.docker.image import Composed, Image
from tests.docker.scripts import ROOT
from tests.fleet.fleet import READY, WORKER_READY
from tests.fleet.sampling import ServerSampler
from tests.servers import DATABASE, USER, ThrowAwayServer
from tests.waiting import wait_until

pytestmark = [pytest.mark.wide, pytest.mark.timeout(900)]

ROLES = [role.name for role in FLEET]
PEAKS = {role.name: role.peak for role in FLEET}
PASSWORD = "of-the-logins"
GOAL = "Python web development"
# What a process says that wanted to write where it may not, or is broken otherwise.
PROBLEMS = re.compile(r"Permission|Read-only|belongs to|Traceback|exception_uncaught")


class NetworkServer(ThrowAwayServer):
    """Over TCP, where a password is asked for; with the logins that docker/postgres.sh makes."""

    def __init__(self) -> None:
        self.port = free_port()
        super().__init__(max_connections=100, listen_addresses="127.0.0.1", port=str(self.port))

    def url(self, user: str = USER, *, database: str = DATABASE) -> str:
        return f"{super().url(user, database=database)}&port={self.port}"

    def make_logins(self) -> None:
        rules = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        (self.directory / "data" / "pg_hba.conf").write_text(rules)
        self.execute("SELECT pg_reload_conf()")
        script = (ROOT / "docker" / "postgres.sh").read_text("utf-8")
        statements = script.partition("<<'SQL'\n")[2].partition("\nSQL")[0].splitlines()
        for statement in statements:
            if not statement.startswith("\\"):
                sql = statement.replace(":'password'", f"'{PASSWORD}'")
                # The servers of images are in UTF-8; ours may be anything.
                utf_8 = "OWNER cairn ENCODING 'UTF8' TEMPLATE template0"
                self.execute(sql.replace("OWNER cairn", utf_8))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    for tool in ("buildah", "debootstrap", "unshare"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    if os.geteuid() != 0:
        pytest.skip("only root may build the image here")
    with Image(tmp_path_factory.mktemp("image")) as image:
        image.build()
        yield image


@pytest.fixture
def server() -> Iterator[NetworkServer]:
    with NetworkServer() as server:
        server.make_logins()
        yield server


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    port = str(free_port())
    options = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    redis = subprocess.Popen([str(redis_server()), *options], stdout=subprocess.DEVNULL)
    yield f"redis://127.0.0.1:{port}/0"
    redis.kill()
    redis.wait()


@pytest.fixture
def composed(
    image: Image, server: NetworkServer, redis_url: str, tmp_path: Path
) -> Iterator[Composed]:
    port = str(free_port())
    with Composed(
        image,
        tmp_path,
        PASSWORD,
        ALLOWED_HOSTS="127.0.0.1",
        SITE_URL=f"http://127.0.0.1:{port}",
        EMAIL_URL="consolemail://",
        DATABASE_URL=f"postgresql://cairn@127.0.0.1:{server.port}/cairn",
        REDIS_URL=redis_url,
        HOST="127.0.0.1",
        PORT=port,
    ) as composed:
        yield composed


def ready(composed: Composed, role: str) -> bool:
    assert not composed.ended(role), composed.log(role)
    # Each of four web processes says it.
    times = 4 if role == "web" else 1
    return composed.log(role).count(READY.get(role, WORKER_READY)) >= times


def test_its_user_is_nobody_and_may_write_nothing_of_it(image: Image) -> None:
    uid, gid = map(int, image.config["User"].split(":"))
    assert uid != 0
    assert gid != 0
    tree = image.root / image.config["WorkingDir"].lstrip("/")
    assert not (tree / ".cairn").exists()
    owners = {(path.lstat().st_uid, path.lstat().st_gid) for path in tree.rglob("*")}
    assert owners == {(0, 0)}


def test_all_roles_start_from_the_image_and_write_a_roadmap_within_the_budget(
    composed: Composed, server: NetworkServer
) -> None:
    composed.start("migrate")
    assert composed.finish("migrate") == 0, composed.log("migrate")
    for command in ("check --database default", "connection_budget --live"):
        status, said = composed.run("migrate", f".venv/bin/python manage.py {command}")
        assert status == 0, said
    logins = {f"cairn_{role}": role for role in ROLES}
    with ServerSampler(server.url(database="cairn"), logins) as sampler:
        for role in ROLES:
            composed.start(role)
        for role in ROLES:
            wait_until(partial(ready, composed, role), seconds=200)
        assert composed.run("web", "sh docker/healthcheck.sh") == (0, "")
        order_and_look(composed)
        seen = sampler.end()
    assert composed.stop(*ROLES) == dict.fromkeys(ROLES, 0)
    # The catalogue's calls cost nothing, so there is nothing for logs to write.
    assert {"web", "workflow", "content_generation"} <= set(seen.by_role)
    assert {role: most for role, most in seen.by_role.items() if most > PEAKS[role]} == {}
    assert seen.fleet <= sum(PEAKS.values())
    for role in ROLES:
        problems = [line for line in composed.log(role).splitlines() if PROBLEMS.search(line)]
        assert problems == [], role


def order_and_look(composed: Composed) -> None:
    """A roadmap, queued from the image and read from it."""
    order = f"generate_roadmap '{GOAL}' --enqueue --format json 2>/dev/null"
    status, said = composed.run("migrate", f".venv/bin/python manage.py {order}")
    assert status == 0, said
    report = json.loads(said)
    assert report["run"]["state"] == "ready"
    assert report["counts"]["failed"] == 0
    assert report["counts"]["tutorials"] == report["counts"]["concepts"] > 40
    assert urlsplit(report["roadmap"]["url"]).hostname == "127.0.0.1"
    with urllib.request.urlopen(report["roadmap"]["url"]) as page:  # noqa: S310 - our own
        assert GOAL in page.read().decode()
