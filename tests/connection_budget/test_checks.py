from collections.abc import Callable

import pytest
from django.core.checks import CheckMessage, run_checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings
from structlog.testing import capture_logs

from connection_budget.budget.budget import budget_from_environment
from connection_budget.budget.refusal import BudgetRefused, assert_budget
from connection_budget.conf import get_budget, get_role
from tests.connection_budget.fleet import FLEET

Configure = Callable[..., None]


@pytest.fixture
def environment(settings: Settings) -> Configure:
    """Give the project another environment."""

    def configure(**environ: str) -> None:
        settings.CONNECTION_BUDGET = budget_from_environment(environ, FLEET)
        settings.PROCESS_ROLE = environ.get("PROCESS_ROLE", "command")
        settings.ROLE_DATABASE_USERS = {}

    return configure


def messages() -> dict[str | None, CheckMessage]:
    return {message.id: message for message in run_checks(tags=["connection_budget"])}


def test_the_default_fleet_passes_every_check(environment: Configure) -> None:
    environment()
    assert messages() == {}


def test_a_fleet_that_does_not_fit_is_an_error_with_its_arithmetic(environment: Configure) -> None:
    environment(DB_MAX_CONNECTIONS="50")
    assert "41 + 13 = 54 > 50, 4 too many" in messages()["connection_budget.E001"].msg


def test_the_hint_names_the_variables_to_change(environment: Configure) -> None:
    environment(ROLE_LOGS_PROCESSES="90")
    assert "ROLE_LOGS_PROCESSES" in str(messages()["connection_budget.E001"].hint)


def test_a_rolling_deploy_that_does_not_fit_is_a_warning(environment: Configure) -> None:
    environment(DB_MAX_CONNECTIONS="94")
    assert set(messages()) == {"connection_budget.W001"}


def test_a_role_nobody_declared_is_an_error_that_lists_the_known_ones(
    environment: Configure,
) -> None:
    environment(PROCESS_ROLE="wbe")
    assert "web, content_generation" in str(messages()["connection_budget.E002"].hint)


def test_a_size_that_nothing_reads_is_a_warning(
    environment: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLE_WEB_CONECTIONS", "3")
    environment(ROLE_WEB_CONECTIONS="3")
    (message,) = messages().values()
    assert message.id == "connection_budget.W012"
    assert message.msg == "ROLE_WEB_CONECTIONS is set, and nothing reads it."
    assert message.hint == "Is ROLE_WEB_CONNECTIONS meant?"


def test_roles_that_share_one_database_user_are_a_warning(
    environment: Configure, settings: Settings
) -> None:
    environment()
    settings.ROLE_DATABASE_USERS = {"web": "cairn", "logs": "cairn"}
    assert set(messages()) == {"connection_budget.W002"}


def test_roles_with_their_own_database_users_are_fine(
    environment: Configure, settings: Settings
) -> None:
    environment()
    settings.ROLE_DATABASE_USERS = {"web": "cairn_web", "logs": "cairn_logs"}
    assert messages() == {}


def test_the_owners_login_is_not_one_of_a_role(environment: Configure, settings: Settings) -> None:
    environment()
    settings.ROLE_DATABASE_USERS = {"web": "cairn", "logs": "cairn", "command": "owner"}
    assert set(messages()) == {"connection_budget.W002"}


def test_a_command_larger_than_its_reserve_is_an_error_naming_both(environment: Configure) -> None:
    environment(ROLE_COMMAND_CONNECTIONS="11")
    assert set(messages()) == {"connection_budget.E003"}
    assert "may open 12 connections" in messages()["connection_budget.E003"].msg
    assert "has 10 (DB_RESERVED_CONNECTIONS)" in messages()["connection_budget.E003"].msg


@pytest.mark.parametrize("move", ["last", "away"])
def test_a_release_middleware_that_is_not_the_first_is_an_error(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, move: str
) -> None:
    first, *others = settings.MIDDLEWARE
    others.append("django.middleware.common.CommonMiddleware")
    assert first == "connection_budget.seats.middleware.ReleaseMiddleware"
    settings.MIDDLEWARE = [*others, first] if move == "last" else others
    monkeypatch.setitem(settings.DATABASES["default"], "OPTIONS", {"pool": {"max_size": 4}})
    assert "connection_budget.E006" in messages()
    settings.MIDDLEWARE = [first, *others]
    assert "connection_budget.E006" not in messages()


@pytest.mark.parametrize("middleware", [[], None])
def test_a_project_without_pages_needs_no_release_middleware(
    settings: Settings, middleware: list[str] | None
) -> None:
    settings.MIDDLEWARE = middleware
    assert "connection_budget.E006" not in messages()


def test_a_process_knows_its_role(environment: Configure) -> None:
    environment(PROCESS_ROLE="logs", ROLE_LOGS_CONNECTIONS="3")
    assert get_role().connections == 3


def test_an_unknown_role_has_no_size(environment: Configure) -> None:
    environment(PROCESS_ROLE="wbe")
    with pytest.raises(ImproperlyConfigured, match="PROCESS_ROLE='wbe'"):
        get_role()


def test_a_project_without_a_budget_is_told_how_to_declare_one(settings: Settings) -> None:
    settings.CONNECTION_BUDGET = None
    with pytest.raises(ImproperlyConfigured, match="budget_from_environment"):
        get_budget()


def test_a_start_is_refused_with_the_arithmetic() -> None:
    budget = budget_from_environment({"DB_MAX_CONNECTIONS": "50"}, FLEET)
    with pytest.raises(BudgetRefused, match="4 too many"):
        assert_budget(budget)


def test_a_refused_start_is_logged() -> None:
    budget = budget_from_environment({"DB_MAX_CONNECTIONS": "50"}, FLEET)
    with capture_logs() as events, pytest.raises(BudgetRefused):
        assert_budget(budget)
    assert [(event["event"], event["over"]) for event in events] == [("db_budget_refused", 4)]


def test_a_fleet_that_fits_may_start() -> None:
    assert_budget(budget_from_environment({}, FLEET))


def test_behind_a_pooler_the_logins_of_the_settings_are_counted(settings: Settings) -> None:
    """Whatever the variables say, and where the project makes its budget itself."""
    settings.CONNECTION_BUDGET = budget_from_environment({"DATABASE_POOLER": "transaction"}, FLEET)
    settings.ROLE_DATABASE_USERS = {role.name: f"app_{role.name}" for role in FLEET}
    pooler = get_budget().pooler
    assert pooler is not None
    assert pooler.logins == len(FLEET) + 1  # the owner's, for commands
    settings.ROLE_DATABASE_USERS = {}
    assert get_budget().pooler == settings.CONNECTION_BUDGET.pooler
