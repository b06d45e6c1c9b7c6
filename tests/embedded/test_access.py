"""Who gets in: passwords everywhere, no TCP, private files, roles without privileges."""

import json
import stat
from pathlib import Path

import psycopg
import pytest

from config.embedded import EmbeddedServiceError
from tests.embedded.checkouts import Checkout

PROCESS_ROLES = ("web", "content_generation", "workflow", "logs", "beat")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def superuser(checkout: Checkout) -> dict[str, str]:
    password = json.loads((checkout.state / "secrets.json").read_text())["postgres"]
    return {"user": "postgres", "password": password}


@pytest.mark.parametrize("user", ["postgres", "cairn", "cairn_web"])
@pytest.mark.parametrize("password", ["wrong", ""])
def test_without_the_password_nobody_gets_in(running: Checkout, user: str, password: str) -> None:
    with pytest.raises(psycopg.OperationalError, match=r"authentication failed|no password"):
        running.connect(user=user, password=password)


def test_the_only_rule_is_scram(running: Checkout) -> None:
    rules = "SELECT array_agg(type || ' ' || auth_method) FROM pg_hba_file_rules"
    assert running.query(rules, **superuser(running)) == ["local scram-sha-256"]


def test_nothing_listens_on_tcp(running: Checkout) -> None:
    assert running.query("SHOW listen_addresses") == ""


def test_data_is_synced_and_the_limit_is_the_argument(running: Checkout) -> None:
    assert running.query("SHOW fsync") == "on"
    assert running.query("SHOW max_connections") == "100"


def test_the_statement_of_a_killed_client_ends_with_it(running: Checkout) -> None:
    assert running.query("SHOW client_connection_check_interval") == "500ms"


def test_the_owner_is_no_superuser(running: Checkout) -> None:
    attributes = "SELECT ARRAY[rolsuper, rolcreaterole, rolcreatedb, rolcanlogin] FROM pg_roles"
    owner = running.query(f"{attributes} WHERE rolname = 'cairn'")
    assert owner == [False, False, True, True]


def test_the_owner_sees_the_activity_of_others(running: Checkout) -> None:
    assert running.query("SELECT pg_has_role('pg_read_all_stats', 'USAGE')")


@pytest.mark.parametrize("role", PROCESS_ROLES)
def test_a_process_role_reads_and_writes_what_the_owner_made(running: Checkout, role: str) -> None:
    running.query("DROP TABLE IF EXISTS shared")
    running.query("CREATE TABLE shared (number int)")
    user, password = running.postgres.login(role)
    running.query("INSERT INTO shared VALUES (7)", user=user, password=password)
    number = running.query("SELECT number FROM shared", user=user, password=password)
    assert (user, number) == (f"cairn_{role}", 7)


def test_a_process_role_may_not_make_roles_or_databases(running: Checkout) -> None:
    user, password = running.postgres.login("web")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        running.query("CREATE ROLE intruder", user=user, password=password)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        running.query("CREATE DATABASE intruder", user=user, password=password)


def test_commands_log_in_as_the_owner(running: Checkout) -> None:
    assert running.postgres.login("command")[0] == "cairn"


def test_an_unknown_role_is_told_what_is_known(running: Checkout) -> None:
    with pytest.raises(ValueError, match="content_generation"):
        running.postgres.login("wbe")


def test_the_url_is_one_psycopg_and_django_understand(running: Checkout) -> None:
    with psycopg.connect(running.postgres.url) as connection:
        assert connection.info.user == "cairn"


def test_files_are_private(running: Checkout) -> None:
    assert mode(running.state / "secrets.json") == 0o600
    assert mode(running.state) == 0o700
    assert mode(running.postgres.paths.socket_directory) == 0o700
    assert mode(running.postgres.paths.data) == 0o700
    assert (running.state / ".gitignore").read_text() == "*\n"


def test_the_log_holds_no_password(running: Checkout) -> None:
    log = running.postgres.paths.log.read_text()
    secrets = json.loads((running.state / "secrets.json").read_text())
    assert not [login for login, password in secrets.items() if password in log]


def test_an_open_state_directory_is_closed(cold: Checkout) -> None:
    cold.state.chmod(0o755)
    assert cold.postgres.url
    assert mode(cold.state) == 0o700


@pytest.mark.parametrize("kind", ["open directory", "symlink"])
def test_a_foreign_socket_directory_is_refused(cold: Checkout, kind: str) -> None:
    sockets = cold.postgres.paths.socket_directory
    if kind == "symlink":
        sockets.symlink_to(cold.root)
    else:
        sockets.mkdir()
        sockets.chmod(0o777)
    with pytest.raises(EmbeddedServiceError, match="made by somebody else"):
        cold.postgres.join()
    sockets.unlink() if kind == "symlink" else sockets.rmdir()
