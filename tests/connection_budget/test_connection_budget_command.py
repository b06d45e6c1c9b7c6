import json

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from connection_budget.budget.budget import budget_from_environment
from tests.connection_budget.fleet import FLEET


@pytest.fixture(autouse=True)
def default_fleet(settings: Settings) -> None:
    settings.CONNECTION_BUDGET = budget_from_environment({}, FLEET)


@pytest.fixture
def small_server(settings: Settings) -> None:
    settings.CONNECTION_BUDGET = budget_from_environment({"DB_MAX_CONNECTIONS": "50"}, FLEET)


def test_json_is_one_object_with_the_whole_budget(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("connection_budget", format="json")
    assert json.loads(capsys.readouterr().out) == budget_from_environment({}, FLEET).as_dict()


def test_the_table_ends_every_role_with_its_peak(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("connection_budget")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in lines[1:6]] == ["20", "10", "4", "6", "1"]


def test_sums_stand_under_the_peaks(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("connection_budget")
    lines = capsys.readouterr().out.splitlines()
    end_of_peaks = lines[0].index("peak") + len("peak")
    sums = {line[:14].strip(): line[:end_of_peaks].split()[-1] for line in lines[7:]}
    assert sums == {
        "total": "41",
        "reserved": "13",
        "limit": "100",
        "headroom": "46",
        "rolling deploy": "95",
    }


@pytest.mark.usefixtures("small_server")
def test_a_budget_that_does_not_fit_fails_with_its_arithmetic() -> None:
    with pytest.raises(CommandError, match="4 too many") as refusal:
        call_command("connection_budget")
    assert refusal.value.returncode == 1


@pytest.mark.usefixtures("small_server")
def test_a_budget_that_does_not_fit_is_printed_all_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(CommandError):
        call_command("connection_budget", format="json")
    assert json.loads(capsys.readouterr().out)["headroom"] == -4


@pytest.fixture
def own_logins(settings: Settings) -> None:
    roles = budget_from_environment({}, FLEET).roles
    settings.ROLE_DATABASE_USERS = {role.name: f"app_{role.name}" for role in roles}
    settings.PROCESS_ROLE = "command"


@pytest.mark.usefixtures("own_logins")
def test_sql_goes_by_the_settings(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("connection_budget", sql=True)
    database = settings.DATABASES["default"]
    sql = capsys.readouterr().out
    assert 'ALTER ROLE "app_web" LOGIN INHERIT CONNECTION LIMIT 40;' in sql
    assert f'GRANT CONNECT ON DATABASE "{database["NAME"]}" TO "app_web";' in sql
    assert f'GRANT "{database["USER"]}" TO "app_web";' in sql


@pytest.mark.usefixtures("own_logins")
def test_sql_takes_the_owner_from_the_user_of_commands(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ROLE_DATABASE_USERS |= {"command": "app_owner"}
    settings.PROCESS_ROLE = "web"
    call_command("connection_budget", sql=True)
    assert 'GRANT "app_owner" TO "app_web";' in capsys.readouterr().out


@pytest.mark.usefixtures("own_logins")
def test_sql_holds_no_password(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "PASSWORD", "hush-hush")
    call_command("connection_budget", sql=True)
    assert "hush-hush" not in capsys.readouterr().out


@pytest.mark.usefixtures("own_logins", "small_server")
def test_no_sql_for_a_budget_that_does_not_fit(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="4 too many") as refusal:
        call_command("connection_budget", sql=True)
    assert (refusal.value.returncode, capsys.readouterr().out) == (1, "")


@pytest.mark.usefixtures("own_logins")
def test_sql_and_json_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="leave out --format json") as refusal:
        call_command("connection_budget", sql=True, format="json")
    assert (refusal.value.returncode, capsys.readouterr().out) == (2, "")


@pytest.mark.usefixtures("own_logins")
def test_only_commands_know_the_owner(settings: Settings) -> None:
    settings.PROCESS_ROLE = "web"
    with pytest.raises(CommandError, match="PROCESS_ROLE=command") as refusal:
        call_command("connection_budget", sql=True)
    assert refusal.value.returncode == 2


@pytest.mark.usefixtures("own_logins")
@pytest.mark.parametrize("missing", ["NAME", "USER"])
def test_sql_needs_names(settings: Settings, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], missing, "")
    with pytest.raises(CommandError, match="DATABASE_URL") as refusal:
        call_command("connection_budget", sql=True)
    assert refusal.value.returncode == 2
