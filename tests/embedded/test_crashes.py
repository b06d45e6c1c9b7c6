"""Whatever is killed, the next start works, and nothing outlives its users."""

import os
import signal
from functools import partial

import pytest

from tests.embedded.checkouts import Checkout, eventually, is_alive

pytestmark = [pytest.mark.slow, pytest.mark.wide]


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not is_alive(pid))


def test_killing_the_only_user_stops_the_server(checkout: Checkout) -> None:
    checkout.user().joined().kill()
    assert checkout.stopped()


def test_killing_one_of_two_users_does_not(checkout: Checkout) -> None:
    checkout.user().joined()
    checkout.user().joined().kill()
    assert checkout.query("SELECT 1") == 1


def test_a_server_whose_keeper_was_killed_is_adopted(checkout: Checkout) -> None:
    checkout.user().joined()
    postmaster = checkout.postmaster_pid()
    kill(checkout.keeper_pid())
    checkout.user().joined()
    assert checkout.postmaster_pid() == postmaster
    assert is_alive(checkout.keeper_pid())


def test_an_adopted_server_stops_with_its_last_user(checkout: Checkout) -> None:
    first = checkout.user().joined()
    kill(checkout.keeper_pid())
    second = checkout.user().joined()
    first.leave()
    second.leave()
    assert checkout.stopped(seconds=0)


def test_the_last_user_stops_a_server_without_a_keeper(checkout: Checkout) -> None:
    user = checkout.user().joined()
    kill(checkout.keeper_pid())
    user.leave()
    assert checkout.stopped(seconds=0)


def test_a_start_works_after_everything_was_killed(checkout: Checkout) -> None:
    user = checkout.user().joined()
    checkout.query("CREATE TABLE kept AS SELECT 7 AS number")
    postmaster = checkout.postmaster_pid()
    kill(checkout.keeper_pid())
    backends = checkout.query("SELECT string_agg(pid::text, ' ') FROM pg_stat_activity")
    user.kill()
    for pid in (postmaster, *map(int, backends.split())):
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)
    checkout.user().joined()
    assert checkout.query("SELECT number FROM kept") == 7


def test_a_killed_server_is_restarted_under_its_users(checkout: Checkout) -> None:
    checkout.user().joined()
    postmaster = checkout.postmaster_pid()
    kill(postmaster)
    assert eventually(checkout.postgres.running)
    assert checkout.postmaster_pid() != postmaster


def test_a_server_that_keeps_dying_is_given_up_until_somebody_joins(checkout: Checkout) -> None:
    checkout.user().joined()
    for times in range(1, 5):
        assert eventually(partial(has_started, checkout, times))
        kill(checkout.postmaster_pid())
    assert checkout.stopped()
    assert "died 4 times within a minute" in checkout.postgres.paths.error.read_text()
    checkout.user().joined()


def has_started(checkout: Checkout, times: int) -> bool:
    return checkout.starts() == times and checkout.postgres.running()


def test_a_start_works_after_a_kill_in_the_middle_of_initdb(cold: Checkout) -> None:
    user = cold.user()
    assert eventually(lambda: being_prepared(cold))
    kill(cold.keeper_pid())
    user.kill()
    cold.user().joined()
    assert cold.query("SELECT current_user") == "cairn"
    assert not list(cold.postgres.paths.home.glob("postgres.new-*"))


def test_control_c_in_the_middle_of_initdb_leaves_nothing_half_made(cold: Checkout) -> None:
    user = cold.user()
    assert eventually(lambda: being_prepared(cold))
    user.interrupt()
    assert cold.stopped()
    assert not list(cold.postgres.paths.home.glob("postgres.new-*"))


def being_prepared(checkout: Checkout) -> bool:
    home = checkout.postgres.paths.home
    return any(home.glob("postgres.new-*/data/base")) and not checkout.postgres.paths.data.exists()


def test_a_pid_file_that_names_another_process_is_no_obstacle(checkout: Checkout) -> None:
    """As after a reboot: the pid of the dead server belongs to somebody else."""
    checkout.user().joined().leave()
    pid_file = checkout.postgres.paths.data / "postmaster.pid"
    pid_file.write_text(f"{os.getppid()}\n{checkout.postgres.paths.data}\n")
    checkout.user().joined()
    assert checkout.postmaster_pid() != os.getppid()


def test_lost_secrets_are_made_anew(checkout: Checkout) -> None:
    checkout.user().joined().leave()
    before = checkout.postgres.connection["password"]
    (checkout.state / "secrets.json").unlink()
    checkout.user().joined()
    assert checkout.postgres.connection["password"] != before
    assert checkout.query("SELECT current_user") == "cairn"


def test_a_removed_checkout_takes_its_server_with_it(checkout: Checkout) -> None:
    user = checkout.user().joined()
    postmaster, keeper = checkout.postmaster_pid(), checkout.keeper_pid()
    checkout.state.rename(checkout.root / "thrown away")
    user.kill()
    assert eventually(lambda: not is_alive(postmaster) and not is_alive(keeper))
    assert not checkout.state.exists()
    (checkout.root / "thrown away").rename(checkout.state)
