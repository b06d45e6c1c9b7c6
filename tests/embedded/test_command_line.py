"""`python -m config.embedded`, and that the package needs nothing but Python."""

import subprocess
import sys

from config.embedded.__main__ import main
from tests.embedded.checkouts import ROOT, Checkout


def run(*arguments: str) -> str:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_status_of_a_checkout_that_runs_nothing(cold: Checkout) -> None:
    output = run("-m", "config.embedded", "status", "--state", str(cold.state))
    assert output == "postgres: not running\nredis: not running\n"


def test_status_names_the_places(running: Checkout) -> None:
    output = run("-m", "config.embedded", "status", "--state", str(running.state))
    assert f"postgres: running, sockets in {running.postgres.connection['host']}" in output


def test_stop_does_not_ask_the_users(checkout: Checkout) -> None:
    checkout.user().joined()
    output = run("-m", "config.embedded", "stop", "--state", str(checkout.state))
    assert output == "postgres: stopped\nredis: was not running\n"
    assert checkout.stopped(seconds=0)


def test_after_a_stop_the_next_join_starts_again(checkout: Checkout) -> None:
    checkout.user().joined()
    assert main(["stop", "--state", str(checkout.state)]) == 0
    checkout.user().joined()
    assert checkout.query("SELECT 1") == 1


def test_the_package_needs_the_standard_library_only() -> None:
    """-S: no site-packages."""
    modules = sorted(path.stem for path in (ROOT / "config" / "embedded").glob("*.py"))
    imports = "; ".join(f"import config.embedded.{name}" for name in modules if name != "__main__")
    run("-S", "-c", imports.replace("config.embedded.__init__", "config.embedded"))
