"""As root the servers run as a system user, whose data is outside root's directories."""

import os
import pwd
import shutil
import time
from pathlib import Path

import pytest

from config.embedded.paths import SYSTEM_DIRECTORY
from config.embedded.system import collect_garbage, lock_system_directory
from tests.embedded.checkouts import Checkout
from tests.embedded.conftest import NewCheckout

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root has a system user to switch to"),
]


def collect_a_month_later(checkout: Checkout) -> None:
    last_start = time.time() - 30 * 24 * 3600
    os.utime(checkout.postgres.paths.home / "checkout", (last_start, last_start))
    collect()


def collect() -> None:
    lock = lock_system_directory()
    collect_garbage()
    os.close(lock)


def test_the_server_runs_as_a_system_user(running: Checkout) -> None:
    process = Path("/proc", str(running.postmaster_pid()))
    user = pwd.getpwuid(process.stat().st_uid)
    assert user.pw_name in {"cairn", "postgres"}
    assert running.postgres.paths.data.stat().st_uid == user.pw_uid


def test_the_data_is_linked_from_the_checkout(running: Checkout) -> None:
    link = running.state / "postgres"
    assert link.readlink() == running.postgres.paths.data
    assert link.readlink().parent.parent == SYSTEM_DIRECTORY


def test_the_programs_are_roots_and_open_to_all(running: Checkout) -> None:
    process = Path("/proc", str(running.postmaster_pid()))
    program = Path(process.joinpath("cmdline").read_bytes().split(b"\0")[0].decode())
    assert program.is_relative_to(SYSTEM_DIRECTORY / "bin")
    assert (program.stat().st_uid, program.stat().st_mode & 0o777) == (0, 0o755)


def test_the_server_cannot_write_beside_its_data(running: Checkout) -> None:
    home = running.postgres.paths.home.stat()
    assert (home.st_uid, home.st_mode & 0o777) == (0, 0o750)


def test_the_data_of_a_deleted_checkout_is_removed(new_checkout: NewCheckout) -> None:
    deleted = new_checkout("deleted")
    deleted.user("postgres").joined().leave()
    home = deleted.postgres.paths.home
    shutil.rmtree(deleted.state)
    collect()
    assert home.exists()
    collect_a_month_later(deleted)
    assert not home.exists()


def test_the_data_of_a_running_server_is_kept(checkout: Checkout) -> None:
    checkout.user().joined()
    checkout.state.rename(checkout.root / "gone")
    collect_a_month_later(checkout)
    assert checkout.postgres.paths.data.exists()
    (checkout.root / "gone").rename(checkout.state)


def test_the_data_of_other_checkouts_is_kept(checkout: Checkout) -> None:
    checkout.user().joined().leave()
    collect_a_month_later(checkout)
    assert checkout.postgres.paths.data.exists()
