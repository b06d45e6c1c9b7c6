"""What each role script starts, and when it does not."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from config.fleet import FLEET
from tests.docker.scripts import ROOT, SHARE, Checkout

ROLES = [role.name for role in FLEET]
WORKERS = ["content_generation", "workflow", "logs"]
SCRIPTS = [*ROLES, "migrate"]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_script_becomes_the_role_so_that_signals_arrive(
    checkout: Checkout, script: str
) -> None:
    outcome = checkout.run(script, PROCESS_ROLE="another")
    assert outcome.said["pid"] == outcome.pid
    expected = "command" if script == "migrate" else script
    assert outcome.said["environ"]["PROCESS_ROLE"] == expected


@pytest.mark.parametrize("script", SCRIPTS)
def test_nothing_starts_when_the_budget_does_not_fit(checkout: Checkout, script: str) -> None:
    outcome = checkout.run(script, TOO_MUCH="1")
    assert (outcome.status, outcome.said) == (1, {})
    assert "the arithmetic" in outcome.stderr


def test_without_an_environment_in_the_checkout_the_path_has_the_interpreter(
    tmp_path: Path,
) -> None:
    checkout = Checkout(tmp_path, python="bin/python3")
    path = f"{checkout.root / 'bin'}:{os.environ['PATH']}"
    assert checkout.run("web", PATH=path).said["argv"][:2] == ["-m", "uvicorn"]


@pytest.mark.parametrize("role", WORKERS)
def test_a_worker_serves_the_queue_of_its_name(checkout: Checkout, role: str) -> None:
    outcome = checkout.run(role)
    assert outcome.option("--queues") == role
    # Its own name, also beside its successor on the same host.
    assert re.fullmatch(rf"{role}-\d+@%h", outcome.option("--hostname"))
    assert outcome.option("--concurrency") == str(SHARE)


@pytest.mark.parametrize("role", WORKERS)
def test_a_worker_ends_soon_on_sigterm(checkout: Checkout, role: str) -> None:
    assert checkout.run(role).said["environ"]["REMAP_SIGTERM"] == "SIGQUIT"


def test_web_listens_to_this_machine_unless_told_otherwise(checkout: Checkout) -> None:
    at_home = checkout.run("web")
    assert (at_home.option("--host"), at_home.option("--port")) == ("127.0.0.1", "8000")
    assert at_home.option("--workers") == str(SHARE)
    abroad = checkout.run("web", HOST="0.0.0.0", PORT="80")  # noqa: S104 - as in a container
    assert (abroad.option("--host"), abroad.option("--port")) == ("0.0.0.0", "80")  # noqa: S104


def test_web_gives_heads_a_deadline_and_compresses_no_messages(checkout: Checkout) -> None:
    outcome = checkout.run("web")
    assert outcome.option("--http") == "config.serve.heads:TimedHeadsProtocol"
    assert outcome.option("--ws-per-message-deflate") == "false"
    assert int(outcome.option("--ws-max-size")) <= 4_096


def test_web_believes_only_the_proxies_it_was_told_of(checkout: Checkout) -> None:
    assert "--no-proxy-headers" in checkout.run("web").said["argv"]
    behind = checkout.run("web", FORWARDED_ALLOW_IPS="10.0.0.1")
    assert behind.option("--forwarded-allow-ips") == "10.0.0.1"


def test_beat_remembers_in_a_directory_that_it_makes(checkout: Checkout, tmp_path: Path) -> None:
    state = tmp_path / "new" / "state"
    outcome = checkout.run("beat", STATE_DIRECTORY=str(state))
    assert outcome.option("--schedule") == f"{state}/beat-schedule"
    assert state.stat().st_mode & 0o777 == 0o700


def test_migrate_passes_its_arguments_on(checkout: Checkout) -> None:
    assert checkout.run("migrate", "--plan").said["argv"][-1] == "--plan"


@pytest.mark.slow
@pytest.mark.wide
def test_overcommitment_is_refused_with_the_arithmetic_before_anything_is_connected() -> None:
    variables = {
        "DATABASE_URL": "postgresql://nobody:nothing@127.0.0.1:1/nowhere",
        "REDIS_URL": "redis://127.0.0.1:1",
        "ROLE_WEB_CONNECTIONS": "60",
    }
    started = [
        subprocess.Popen(
            ["sh", str(ROOT / "docker" / f"{script}.sh")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | variables,
        )
        for script in SCRIPTS
    ]
    said = [process.communicate(timeout=100)[1] for process in started]
    assert {process.returncode for process in started} == {1}
    assert all("244 + 10 + 4 + 6 + 1 = 265" in text for text in said), said
    assert not any("connect" in text.lower().replace("connection", "") for text in said), said
