"""What the server shows, beside the budget."""

import json
from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest
from django.core.checks import CheckMessage, run_checks
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from pytest_django import Settings

from connection_budget.budget.budget import budget_from_environment
from connection_budget.watch.server import SESSIONS, LiveServer, limit_problems, read_server
from tests.connection_budget.cast import REAL_TRANSACTIONS
from tests.connection_budget.fleet import FLEET
from tests.waiting import wait_until

pytestmark = REAL_TRANSACTIONS
ROLES = [role.name for role in budget_from_environment({}, FLEET).roles]


@pytest.fixture(autouse=True)
def default_fleet(settings: Settings) -> None:
    settings.CONNECTION_BUDGET = budget_from_environment({}, FLEET)
    settings.PROCESS_ROLE = "command"


@pytest.fixture
def visitors() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def come(visitors: ExitStack, application_name: str, *, database: str | None = None) -> None:
    """A session of another process."""
    parameters = connection.get_connection_params()
    names = ("host", "port", "user", "password")
    place = {name: parameters[name] for name in names if parameters.get(name)}
    place["dbname"] = database or parameters["dbname"]
    session = psycopg.connect(**place, application_name=application_name)
    visitors.callback(session.close)


def live_report(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    call_command("connection_budget", live=True, format="json")
    report: dict[str, object] = json.loads(capsys.readouterr().out)
    return report


def test_connections_stand_beside_their_role(
    visitors: ExitStack, capsys: pytest.CaptureFixture[str]
) -> None:
    for role in ("web", "web", "logs"):
        come(visitors, role)
    report = live_report(capsys)
    roles = report["roles"]
    assert isinstance(roles, list)
    assert {role["role"]: role["live"] for role in roles} == {
        "web": 2,
        "content_generation": 0,
        "workflow": 0,
        "logs": 1,
        "beat": 0,
    }
    assert set(report) - {"server"} == set(budget_from_environment({}, FLEET).as_dict())


def test_everybody_else_is_listed_too(
    visitors: ExitStack, capsys: pytest.CaptureFixture[str]
) -> None:
    come(visitors, "a rogue script")
    come(visitors, "web", database="postgres")
    server = live_report(capsys)["server"]
    assert isinstance(server, dict)
    seen = {(row["database"], row["application_name"]) for row in server["others"]}
    assert (connection.settings_dict["NAME"], "a rogue script") in seen
    assert ("postgres", "web") in seen


def test_the_text_has_both(visitors: ExitStack, capsys: pytest.CaptureFixture[str]) -> None:
    come(visitors, "web")
    come(visitors, "a rogue script")
    call_command("connection_budget", live=True)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("peak  live")
    assert lines[1].split()[-2:] == ["20", "1"]
    assert any("1 as a rogue script: " in line for line in lines)
    assert any(line.startswith("the server: max_connections = ") for line in lines)


def test_a_role_above_its_peak_fails(visitors: ExitStack) -> None:
    come(visitors, "beat")
    come(visitors, "beat")
    with pytest.raises(CommandError, match="beat has 2 connections, more than its peak of 1"):
        call_command("connection_budget", live=True)


def real_limit() -> int:
    return read_server().max_connections


def test_a_server_that_allows_less_than_declared_fails(settings: Settings) -> None:
    declared = str(real_limit() + 1)
    settings.CONNECTION_BUDGET = budget_from_environment({"DB_MAX_CONNECTIONS": declared}, FLEET)
    with pytest.raises(CommandError, match=rf"less than the declared {declared}"):
        call_command("connection_budget", live=True)


def test_a_proposal_fits_the_server(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    sizes = {"ROLE_WEB_PROCESSES": "200", "DB_MAX_CONNECTIONS": "5000"}
    settings.CONNECTION_BUDGET = budget_from_environment(sizes, FLEET)
    call_command("connection_budget", fit=True, format="json")
    proposal = json.loads(capsys.readouterr().out)["proposal"]
    budget = budget_from_environment(sizes | proposal["variables"], FLEET)
    assert budget.fits
    assert budget.max_connections <= real_limit()
    assert any(cost.startswith("web: 200 x 4 -> ") for cost in proposal["costs"])


def test_a_proposal_does_not_make_it_fit(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.CONNECTION_BUDGET = budget_from_environment({"ROLE_WEB_PROCESSES": "60"}, FLEET)
    with pytest.raises(CommandError, match="does not fit") as refusal:
        call_command("connection_budget", fit=True, format="json")
    assert refusal.value.returncode == 1
    assert json.loads(capsys.readouterr().out)["proposal"]["variables"]


def test_where_nothing_fits_that_is_said(settings: Settings) -> None:
    sizes = {"ROLE_WEB_PROCESSES": "5000", "ROLE_WEB_INSTANCES": "5000"}
    settings.CONNECTION_BUDGET = budget_from_environment(sizes, FLEET)
    with pytest.raises(CommandError, match="Nothing fits") as refusal:
        call_command("connection_budget", fit=True)
    assert refusal.value.returncode == 1


@pytest.mark.parametrize("option", ["live", "fit"])
def test_a_server_that_is_away_is_one_sentence(
    option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    with pytest.raises(CommandError, match=r"^The database \(DATABASE_URL\) cannot be reached: "):
        call_command("connection_budget", **{option: True})


def test_a_budget_that_does_not_fit_is_refused_before_looking(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CONNECTION_BUDGET = budget_from_environment({"DB_MAX_CONNECTIONS": "50"}, FLEET)
    monkeypatch.setattr(connection, "cursor", OperationalError)
    with pytest.raises(CommandError, match="4 too many"):
        call_command("connection_budget", live=True)


def test_reserves_beyond_those_assumed_count() -> None:
    budget = budget_from_environment({"DB_MAX_CONNECTIONS": "54"}, FLEET)
    assert limit_problems(budget, LiveServer(54, 3, 0)) == []
    assert "41 + 14 > 54" in limit_problems(budget, LiveServer(54, 3, 1))[0]


# --- check --database ----------------------------------------------------------------------------


def messages() -> dict[str | None, CheckMessage]:
    found = run_checks(tags=["database"], databases=["default"])
    return {
        message.id: message for message in found if str(message.id).startswith("connection_budget")
    }


def test_without_a_database_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "cursor", OperationalError)
    assert run_checks(tags=["connection_budget"]) is not None
    assert not run_checks(tags=["database"], databases=[])  # from Django 6.1, None is all of them


def test_a_server_too_small_is_an_error(settings: Settings) -> None:
    declared = str(real_limit() + 1)
    settings.CONNECTION_BUDGET = budget_from_environment({"DB_MAX_CONNECTIONS": declared}, FLEET)
    assert f"less than the declared {declared}" in messages()["connection_budget.E004"].msg


def test_a_login_without_a_limit_is_a_warning(settings: Settings) -> None:
    settings.ROLE_DATABASE_USERS = dict.fromkeys(ROLES, "nobody") | {"web": "pg_monitor"}
    assert "nothing enforces it: pg_monitor (web)" in messages()["connection_budget.W005"].msg


def test_the_servers_own_launcher_of_replication_is_nobodys_connection() -> None:
    """An ordinary login is shown that somebody is there, of the server's first user."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datid IS NULL")
        assert cursor.fetchone() >= (1,)

        def are_all_named() -> bool:
            cursor.execute(SESSIONS)
            return all(row[0] for row in cursor.fetchall())

        wait_until(are_all_named)  # somebody who makes a database beside us has no name, and goes
