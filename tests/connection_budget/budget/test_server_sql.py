"""The SQL as text, and what a real server makes of it."""

import re
import subprocess
from collections.abc import Iterator

import psycopg
import pytest

from connection_budget.budget.budget import Budget, budget_from_environment
from connection_budget.budget.roles import PREFORK, SINGLE, WEB, Role
from connection_budget.budget.server_sql import (
    WEB_TIMEOUTS,
    Timeouts,
    comment,
    identifier,
    literal,
    server_sql,
)
from tests.connection_budget.fleet import FLEET
from tests.embedded.checkouts import Checkout
from tests.embedded.servers import Server
from tests.servers import postgres_programs

DEFAULT = budget_from_environment({}, FLEET)
USERS = {role.name: f"app_{role.name}" for role in DEFAULT.roles}
# Everything that quoting gets wrong: quotes, a comment, a dollar quote, psql's \ and :, a break.
WEIRD = """we"ird's -- $budget$ \\q :name %s {x}\nDROP; é"""
LOGS = "cairn_logs"
# A rolling deploy would need 2 x 5 + 13 = 23 connections, so the limits are 4 and 1.
SMALL = Budget(
    roles=(Role("web", 3, 1, kind=WEB), Role("logs", 1, 1, kind=SINGLE)),
    max_connections=20,
    operations_reserved=10,
)


def printed(users: dict[str, str], budget: Budget = DEFAULT) -> str:
    return server_sql(budget, database="app", owner="app", users=users)


def limits(sql: str) -> dict[str, int]:
    found = re.findall(r'^ALTER ROLE "(.*)" LOGIN .*CONNECTION LIMIT (\d+);$', sql, re.MULTILINE)
    return {login: int(limit) for login, limit in found}


def settings_of(login: str, sql: str) -> dict[str, str]:
    return dict(re.findall(rf"^ALTER ROLE \"{login}\" SET (\w+) = '(\w+)';$", sql, re.MULTILINE))


def test_every_login_may_hold_two_generations_when_a_rolling_deploy_fits() -> None:
    assert limits(printed(USERS)) == {
        "app_web": 40,
        "app_content_generation": 20,
        "app_workflow": 8,
        "app_logs": 12,
        "app_beat": 2,
    }


def test_and_only_its_peak_when_it_does_not() -> None:
    tight = budget_from_environment({"DB_MAX_CONNECTIONS": "94"}, FLEET)
    assert list(limits(printed(USERS, tight)).values()) == [20, 10, 4, 6, 1]


def test_the_arithmetic_stands_above_the_limit() -> None:
    sql = printed(USERS)
    assert "-- web: (4 processes + 0 overlap) x 5 + 0 main = 20\n-- limit: 2 x 20 = 40\n" in sql
    assert sql.count("(a rolling deploy has two generations of processes)") == len(USERS)
    tight = printed(USERS, budget_from_environment({"DB_MAX_CONNECTIONS": "94"}, FLEET))
    told = "(a rolling deploy does not fit: stop the old processes first)"
    assert tight.count(told) == len(USERS)


def test_only_the_owner_has_the_operations_reserve_besides() -> None:
    theirs = "Commands and migrations use this login, too"
    assert "operations =" not in printed(USERS)
    assert theirs not in printed(USERS)
    sql = printed(USERS | {"web": "app"})
    assert "-- limit: 2 x 20 + 10 operations = 50\n" in sql
    assert (sql.count("operations ="), sql.count(theirs)) == (1, 1)


def test_a_fleet_of_one_role_is_not_told_to_have_more_logins() -> None:
    alone = budget_from_environment({}, FLEET[:1])
    assert "ROLE_<ROLE>_DATABASE_USER" not in printed({"web": "fleet"}, alone)


def test_one_shared_login_has_one_limit_and_is_told_how_to_have_more() -> None:
    sql = printed(dict.fromkeys(USERS, "fleet"))
    assert limits(sql) == {"fleet": 2 * 41}
    assert "ROLE_<ROLE>_DATABASE_USER" in sql


def test_separate_logins_need_no_such_advice() -> None:
    assert "ROLE_<ROLE>_DATABASE_USER" not in printed(USERS)


def test_the_owner_leaves_room_and_time_for_commands_when_it_serves_the_fleet() -> None:
    sql = printed({})
    assert limits(sql) == {"app": 2 * 41 + 10}
    assert settings_of("app", sql) == {"client_connection_check_interval": "500ms"}


def test_the_owner_is_not_made_a_member_of_itself() -> None:
    assert 'GRANT "app" TO' not in printed({})


def test_an_owner_of_no_role_is_not_limited() -> None:
    assert "app" not in limits(printed(USERS))


def test_a_role_without_a_user_uses_the_owners() -> None:
    users = {name: user for name, user in USERS.items() if name != "beat"}
    assert limits(printed(users))["app"] == 2 * 1 + 10


def test_pages_have_less_time_than_work() -> None:
    sql = printed(USERS)
    web, worker = settings_of("app_web", sql), settings_of("app_logs", sql)
    assert web == {
        "statement_timeout": "15s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "30s",
        "client_connection_check_interval": "500ms",
    }
    assert worker["statement_timeout"] == "60s"


def test_roles_that_share_a_login_have_the_longest_timeouts() -> None:
    sql = printed(USERS | {"web": "both", "logs": "both"})
    assert settings_of("both", sql)["statement_timeout"] == "60s"
    assert Timeouts(1, 99, 1).longest(WEB_TIMEOUTS) == Timeouts(15, 99, 30)


def test_no_password_is_set_only_asked_for() -> None:
    asked = [line for line in printed(USERS).splitlines() if "password" in line.lower()]
    assert len(asked) == 5
    assert all(line.startswith("-- ") for line in asked)


def test_names_are_quoted() -> None:
    assert identifier('a"b') == '"a""b"'
    assert literal("a'b") == "'a''b'"
    assert literal("a\\'b") == "E'a\\\\''b'"


@pytest.mark.parametrize("line_break", ["\n", "\r", "\r\n"])
def test_no_name_ends_a_comment(line_break: str) -> None:
    assert comment(f"for web{line_break}DROP") == "-- for web\n-- DROP"


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        printed({"web": name})


# --- On a server ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The SQL was applied once, and the logins were given passwords."""
    checkout = Checkout("budget")
    try:
        checkout.postgres.join()
        server = Server(checkout)
        server.apply(small_sql())
        for user in (WEIRD, LOGS):
            server.set_password(user)
        yield server
    finally:
        checkout.remove()


def small_sql() -> str:
    """One login is new, the other one exists."""
    users = {"web": WEIRD, "logs": LOGS}
    return server_sql(SMALL, database="cairn", owner="cairn", users=users)


@pytest.mark.slow
def test_the_server_has_the_limits(server: Server) -> None:
    assert (server.limit(WEIRD), server.limit(LOGS), server.limit("cairn")) == (4, 1, -1)


@pytest.mark.slow
def test_a_session_has_the_timeouts_and_the_owners_rights(server: Server) -> None:
    names = (*settings_of(LOGS, small_sql()),)
    with server.login(WEIRD) as session:
        shown = [session.execute(f"SHOW {name}".encode()).fetchone() for name in names]
        rights = session.execute(
            "SELECT pg_has_role('cairn', 'USAGE'), pg_has_role('pg_read_all_stats', 'USAGE')"
        ).fetchone()
    assert shown == [("15s",), ("5s",), ("30s",), ("500ms",)]
    assert rights == (True, True)


@pytest.mark.slow
def test_the_role_may_connect_when_public_may_not(server: Server) -> None:
    server.apply("REVOKE CONNECT ON DATABASE cairn FROM PUBLIC")
    with server.login(WEIRD) as session:
        assert session.info.dbname == "cairn"


@pytest.mark.slow
def test_a_second_time_changes_nothing(server: Server) -> None:
    before = server.state()
    server.apply(small_sql())
    assert server.state() == before


@pytest.mark.slow
def test_psql_reads_it_as_psycopg_does(server: Server) -> None:
    before = server.state()
    place = server.checkout.postgres.connection
    psql = str(postgres_programs() / "psql")
    address = ["-h", place["host"], "-p", place["port"], "-U", "postgres", "-d", place["dbname"]]
    login = {"PGPASSWORD": server.admin["password"], "PGCLIENTENCODING": "UTF8"}
    outcome = subprocess.run(
        [psql, *address, "-X", "-1", "-v", "ON_ERROR_STOP=1", "-v", "name=1", "-f", "-"],
        check=False,
        input=small_sql(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=login,
    )
    assert (outcome.returncode, server.state() == before) == (0, True), outcome.stderr


@pytest.mark.slow
def test_one_connection_too_many_is_refused_to_its_role_alone(server: Server) -> None:
    with server.login(LOGS):
        with pytest.raises(psycopg.OperationalError, match="too many connections for role"):
            server.login(LOGS)
        with server.login(WEIRD) as other:
            assert other.info.user == WEIRD


@pytest.mark.slow
def test_a_larger_budget_raises_the_limit(server: Server) -> None:
    larger = Budget((Role("logs", 1, 2, kind=PREFORK),), 100, operations_reserved=10)
    server.apply(server_sql(larger, database="cairn", owner="cairn", users={"logs": LOGS}))
    raised = server.limit(LOGS)
    server.apply(small_sql())
    assert raised == 8


@pytest.mark.slow
def test_who_may_not_grant_statistics_still_gets_the_rest(server: Server) -> None:
    server.apply("CREATE ROLE steward LOGIN CREATEROLE PASSWORD 'secret'")
    server.apply("GRANT cairn TO steward WITH ADMIN OPTION")
    server.apply("REVOKE pg_read_all_stats FROM cairn")
    sql = server_sql(SMALL, database="cairn", owner="cairn", users={"web": "new", "logs": "new"})
    with server.login("steward") as steward:
        steward.execute(sql.encode())
    server.apply("GRANT pg_read_all_stats TO cairn")
    assert server.limit("new") == 5
