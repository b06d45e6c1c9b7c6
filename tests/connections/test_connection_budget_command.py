import json

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from connections.budget import budget_from_environment


@pytest.fixture(autouse=True)
def default_fleet(settings: Settings) -> None:
    settings.CONNECTION_BUDGET = budget_from_environment({})


@pytest.fixture
def small_server(settings: Settings) -> None:
    settings.CONNECTION_BUDGET = budget_from_environment({"DB_MAX_CONNECTIONS": "50"})


def test_json_is_one_object_with_the_whole_budget(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("connection_budget", format="json")
    assert json.loads(capsys.readouterr().out) == budget_from_environment({}).as_dict()


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
