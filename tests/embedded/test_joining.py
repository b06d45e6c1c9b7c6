"""Starting, joining and leaving the embedded PostgreSQL."""

import shutil
import subprocess
import sys

import pytest

from tests.embedded.checkouts import ROOT, Checkout, is_alive
from tests.embedded.conftest import NewCheckout

pytestmark = pytest.mark.slow

AWKWARD = 'it\'s a "quoted" checkout with $HOME, `ticks`, commas and 20% of ümlauts ' + "x" * 90

FORKING_SCRIPT = """
import os, sys
from pathlib import Path
from config.embedded import Postgres

postgres = Postgres(Path(sys.argv[1]))
postgres.join()
if os.fork() == 0:
    print("forked", flush=True)
    sys.stdin.read()
    postgres.leave()
    sys.exit(0)
postgres.leave()
os._exit(0)
"""


def test_the_first_start_prepares_a_database(
    cold: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    cold.postgres.join()
    assert cold.query("SELECT current_database()") == "cairn"
    notice = "Preparing PostgreSQL 18 in .cairn/ (first start only) ...\n"
    assert capsys.readouterr().err == notice


def test_the_second_start_is_silent_and_finds_the_rows(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout.postgres.join()
    checkout.query("CREATE TABLE kept AS SELECT 7 AS number")
    checkout.postgres.leave()
    capsys.readouterr()
    checkout.postgres.join()
    assert checkout.query("SELECT number FROM kept") == 7
    assert capsys.readouterr().err == ""


def test_the_address_is_known_before_anything_is_started(cold: Checkout) -> None:
    address = cold.postgres.url
    assert not cold.postgres.running()
    assert not cold.postgres.paths.data.exists()
    cold.postgres.join()
    assert cold.postgres.url == address


def test_joining_twice_counts_once(checkout: Checkout) -> None:
    checkout.postgres.join()
    checkout.postgres.join()
    checkout.postgres.leave()
    assert not checkout.postgres.running()
    assert checkout.stopped(seconds=0)


def test_the_last_user_to_leave_stops_the_server(checkout: Checkout) -> None:
    first, second = checkout.user().joined(), checkout.user().joined()
    postmaster, keeper = checkout.postmaster_pid(), checkout.keeper_pid()
    first.leave()
    assert checkout.postgres.running()
    second.leave()
    assert not is_alive(postmaster)
    assert not is_alive(keeper)
    assert not checkout.postgres.paths.socket_directory.exists()


def test_processes_that_race_from_cold_share_one_server(cold: Checkout) -> None:
    users = [cold.user() for _ in range(4)]
    for user in users:
        user.joined()
    assert cold.starts() == 1


def test_users_that_leave_together_wait_for_the_stop(checkout: Checkout) -> None:
    users = [checkout.user() for _ in range(3)]
    for user in users:
        user.joined()
    for user in users:
        user.let_go()
    for user in users:
        user.process.wait(100)
    assert checkout.stopped(seconds=0)


@pytest.mark.wide
def test_users_come_and_go_without_losing_the_server(checkout: Checkout) -> None:
    for _ in range(5):
        leaving = checkout.user().joined()
        joining = checkout.user()
        leaving.leave()
        joining.joined()
        assert checkout.query("SELECT 1") == 1
        joining.leave()


def test_control_c_leaves_nothing_running(checkout: Checkout) -> None:
    user = checkout.user().joined()
    postmaster, keeper = checkout.postmaster_pid(), checkout.keeper_pid()
    user.interrupt()
    assert not is_alive(postmaster)
    assert not is_alive(keeper)


def test_a_forked_child_is_a_user_of_its_own(checkout: Checkout) -> None:
    command = [sys.executable, "-c", FORKING_SCRIPT, str(checkout.state)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=ROOT, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "forked\n"
        assert parent.wait(100) == 0
        assert checkout.postgres.running()
        parent.communicate()
    assert checkout.stopped()


def test_a_path_may_be_long_and_full_of_special_characters(new_checkout: NewCheckout) -> None:
    checkout = new_checkout(AWKWARD)
    assert len(AWKWARD) > 150
    checkout.postgres.join()
    assert checkout.query("SELECT 1") == 1


def test_checkouts_side_by_side_share_nothing(new_checkout: NewCheckout) -> None:
    first, second = new_checkout("first"), new_checkout("second")
    first.user().joined()
    second.user().joined()
    assert first.postmaster_pid() != second.postmaster_pid()
    assert first.postgres.connection["host"] != second.postgres.connection["host"]
    assert first.postgres.connection["password"] != second.postgres.connection["password"]


@pytest.mark.wide
def test_a_copied_checkout_gets_a_server_of_its_own(new_checkout: NewCheckout) -> None:
    original, copy = new_checkout("original"), new_checkout("copy")
    original.user().joined().leave()
    shutil.copytree(original.state, copy.state, symlinks=True, dirs_exist_ok=True)
    copy.user().joined()
    original.user().joined()
    assert copy.postmaster_pid() != original.postmaster_pid()
    assert copy.postgres.paths.socket_directory != original.postgres.paths.socket_directory


@pytest.mark.wide
def test_a_moved_checkout_keeps_its_rows(new_checkout: NewCheckout) -> None:
    old, new = new_checkout("old"), new_checkout("new")
    old.postgres.join()
    old.query("CREATE TABLE kept AS SELECT 7 AS number")
    old.postgres.leave()
    new.state.rmdir()
    old.state.rename(new.state)
    new.postgres.join()
    assert new.query("SELECT number FROM kept") == 7


def test_a_start_that_fails_says_where_to_look(checkout: Checkout) -> None:
    checkout.user().joined().leave()
    (checkout.postgres.paths.data / "postgresql.conf").write_text("no_such_setting = 1\n")
    errors = checkout.user().errors()
    assert str(checkout.postgres.paths.log) in errors
    assert 'unrecognized configuration parameter "no_such_setting"' in errors
