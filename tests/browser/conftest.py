"""A web process of its own on the test database, and the system's Chromium in front of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.databases import database_url
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Nobody listens there: pages have to do without hints.
NO_REDIS = "redis://127.0.0.1:1"


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """For this folder only: while Playwright lives, its event loop runs in this thread."""
    if not CHROMIUM.exists():
        pytest.skip("chromium is not installed")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Django refuses the ORM in a thread with a running loop; Playwright's is not in our way.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="package")
def server(
    browser: Browser, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a web process; started after the browser is known to be there."""
    with web_process(tmp_path_factory.mktemp("web") / "log", NO_REDIS) as address:
        yield address


@contextmanager
def web_process(log: Path, redis_url: str) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        "-m",
        "uvicorn",
        "config.asgi:application",
        "--port",
        str(port),
        "--no-proxy-headers",
    ]
    with (
        log.open("wb") as out,
        subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            stdout=out,
            stderr=out,
            env=os.environ
            | {
                "DJANGO_SETTINGS_MODULE": "screenshots.settings",
                "DATABASE_URL": database_url(),
                "REDIS_URL": redis_url,
                "PROCESS_ROLE": "web",
            },
        ) as process,
    ):
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: answers(address, process, log))
        yield address
        process.terminate()
        process.wait(timeout=100)


def answers(address: str, process: subprocess.Popen[bytes], log: Path) -> bool:
    assert process.poll() is None, log.read_text(encoding="utf-8")
    try:
        urllib.request.urlopen(f"{address}/static/css/cairn.css", timeout=5).close()  # noqa: S310 - ours
    except (urllib.error.URLError, OSError):
        return False
    return True
