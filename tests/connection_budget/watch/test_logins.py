"""Database users beside the roles that use them, to the last connection."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from django.conf import settings as configured
from django.core.checks import run_checks
from django.db import connection
from pytest_django import Settings

from connection_budget.budget.budget import budget_from_environment
from connection_budget.checks import fleet
from connection_budget.watch.server import LiveLogin
from tests.connection_budget.cast import REAL_TRANSACTIONS
from tests.connection_budget.fleet import FLEET

pytestmark = REAL_TRANSACTIONS
WEB_PEAK = 20


@pytest.fixture
def asked(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Whom the check asks the server for; all of them are superusers there."""
    settings.CONNECTION_BUDGET = budget_from_environment({}, FLEET)
    settings.PROCESS_ROLE = "command"
    settings.ROLE_DATABASE_USERS = {"web": "app_web"}
    found: dict[str, list[str]] = {}

    def read(names: Collection[str], _alias: str) -> dict[str, LiveLogin]:
        found["names"] = sorted(names)
        return dict.fromkeys(names, LiveLogin(limit=-1, superuser=True))

    monkeypatch.setattr(fleet, "read_logins", read)
    return found


def tell(login: LiveLogin, monkeypatch: pytest.MonkeyPatch) -> dict[str | None, str]:
    monkeypatch.setattr(fleet, "read_logins", lambda *_names: {"app_web": login})
    told = run_checks(tags=["database"], databases=["default"])
    return {message.id: message.msg for message in told}


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("limit", [0, 1, WEB_PEAK - 1])
def test_a_limit_below_the_peak_is_an_error(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tell(LiveLogin(limit, superuser=False), monkeypatch)
    assert set(told) == {"connection_budget.E005"}
    says = f"web: the login app_web has CONNECTION LIMIT {limit}, less than the {WEB_PEAK} conn"
    assert told["connection_budget.E005"].startswith(says)


@pytest.mark.usefixtures("asked")
def test_a_limit_of_the_peak_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tell(LiveLogin(WEB_PEAK, superuser=False), monkeypatch) == {}


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("limit", [-1, 0, WEB_PEAK])
def test_no_limit_holds_for_a_superuser(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tell(LiveLogin(limit, superuser=True), monkeypatch)
    assert "web: the login app_web is a superuser" in told.pop("connection_budget.W004")
    assert set(told) == ({"connection_budget.W005"} if limit < 0 else set())


@pytest.mark.parametrize(("user", "owner"), [("app", "app"), (None, "")])
def test_roles_without_a_user_of_their_own_have_that_of_the_database(
    asked: dict[str, list[str]],
    monkeypatch: pytest.MonkeyPatch,
    user: str | None,
    owner: str,
) -> None:
    connection.ensure_connection()
    monkeypatch.setitem(configured.DATABASES["default"], "USER", user)
    told = [one.msg for one in run_checks(tags=["database"], databases=["default"])]
    assert asked["names"] == sorted(["app_web", owner])
    others = "content_generation, workflow, logs, beat"
    assert [one for one in told if one.startswith(f"{others}: the login {owner} is a superuser")]
