"""compose.yaml, `make serve` and the fleet tests: the same scripts, with the same variables."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.fleet import FLEET
from config.serve.roles import SMALL, defaults, environment, role_scripts
from connection_budget.budget.budget import budget_from_environment
from connection_budget.budget.roles import COMMAND
from tests.docker.scripts import ROOT
from tests.fleet.fleet import Fleet

DOCKER = ROOT / "docker"
ROLES = [role.name for role in FLEET]
Service = dict[str, Any]


def services() -> dict[str, Service]:
    composed: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text("utf-8"))
    found: dict[str, Service] = composed["services"]
    return found


# Variables of .env that containers get otherwise than from .env, and why.
SET_BY_COMPOSE = {
    "DJANGO_SETTINGS_MODULE": "an image is production",
    "DJANGO_DEBUG": "an image is production",
    "SECRET_KEY": "a secret of its own",
    "DATABASE_URL": "the service beside it",
    "DATABASE_POOLER": "there is none between them",
    "REDIS_URL": "the service beside it",
    "PROCESS_ROLE": "each service is one",
    "PROMETHEUS_MULTIPROC_DIR": "a volume",
} | {
    f"{role.variable('database')}_{part}": "postgres.sh makes the logins"
    for role in (*FLEET, COMMAND)
    for part in ("USER", "PASSWORD")
}


def ours() -> dict[str, Service]:
    return {name: service for name, service in services().items() if service["image"] == "cairn"}


def resolved(service: Service) -> dict[str, str]:
    """Its variables where .env is empty."""
    given = {name: str(value) for name, value in service["environment"].items() if value}
    return {
        name: re.sub(r"\$\{\w+:(?:-([^}]*)|\+[^}]*)\}", r"\1", value)
        for name, value in given.items()
        if ":?" not in value
    }


def known_variables() -> set[str]:
    """What settings or scripts read."""
    example = (ROOT / ".env.example").read_text("utf-8")
    known = set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
    known |= {f"{name}_FILE" for name in known}
    for script in DOCKER.glob("*.sh"):
        known |= set(re.findall(r"\$\{([A-Z_]+)", script.read_text("utf-8")))
    return known


class Started(Exception):
    """Instead of a process."""


def what_fleet_tests_start(role: str, directory: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def start(command: list[str], **options: Any) -> None:
        raise Started(command, options["env"])

    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(Started) as started:
        Fleet(directory, "postgresql://nowhere").start(role)
    return started.value.args


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_one_script_for_all_who_start_it(
    role: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = DOCKER / f"{role}.sh"
    assert script.is_file()
    assert role_scripts()[role] == ["sh", str(script)]
    assert services()[role]["command"] == ["sh", f"docker/{role}.sh"]
    command, _environment = what_fleet_tests_start(role, tmp_path, monkeypatch)
    assert command == ["sh", str(script)]


def test_there_is_no_role_beside_the_fleet_but_migrate() -> None:
    assert set(ours()) == {*ROLES, "migrate"}
    assert services()["migrate"]["command"] == ["sh", "docker/migrate.sh"]
    assert set(role_scripts()) == set(SMALL) == set(ROLES)


def test_make_serve_is_what_is_tested_here() -> None:
    command = ["make", "--dry-run", "--always-make", "serve"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert '.venv/bin/python -m config.serve --port="${PORT:-8000}"' in printed


@pytest.mark.parametrize("role", ROLES)
def test_every_variable_that_is_set_is_one_that_is_read(
    role: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    composed = set(services()[role]["environment"])
    served = {*defaults(8000), *environment(8000)} - {"PYTHONUNBUFFERED"}
    assert composed | served <= known_variables()
    _command, tested = what_fleet_tests_start(role, tmp_path, monkeypatch)
    assert {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"} <= set(tested) & composed


@pytest.mark.parametrize("name", [*ROLES, "migrate"])
def test_every_service_knows_all_sizes_and_they_are_the_default_fleet(name: str) -> None:
    service = ours()[name]
    about_size = {name for name in known_variables() if re.match("(ROLE|DB|DATABASE)_", name)}
    given = {name.removesuffix("_FILE") for name in service["environment"]}
    assert {name.removesuffix("_FILE") for name in about_size} <= given
    budget = budget_from_environment(resolved(service), FLEET)
    assert budget.roles == FLEET
    assert budget.rolling_fits


@pytest.mark.parametrize("name", [*ROLES, "migrate"])
def test_whatever_dot_env_may_say_reaches_every_service(name: str) -> None:
    environment = ours()[name]["environment"]
    example = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE)
    dropped = {name for name in example if not _comes_from_dot_env(name, environment)}
    assert dropped == set(SET_BY_COMPOSE)


def _comes_from_dot_env(name: str, environment: dict[str, str | None]) -> bool:
    if name not in environment:
        return False
    value = environment[name]
    return value is None or re.match(rf"\$\{{{name}\W", str(value)) is not None


@pytest.mark.parametrize("name", ["METRICS_TOKEN", "LLM_API_KEY"])
def test_a_secret_of_dot_env_may_stay_in_its_file(name: str) -> None:
    composed = yaml.safe_load((DOCKER / "compose.yaml").read_text("utf-8"))
    secret = name.lower()
    assert composed["secrets"][secret]["file"] == f"${{{name}_FILE:-/dev/null}}"
    for service in ours().values():
        assert secret in service["secrets"]
        given = service["environment"]
        assert given[f"{name}_FILE"] == f"${{{name}_FILE:+/run/secrets/{secret}}}"


def test_a_service_is_told_which_role_it_is() -> None:
    told = {name: service["environment"]["PROCESS_ROLE"] for name, service in ours().items()}
    assert told == {role: role for role in ROLES} | {"migrate": "command"}


def test_the_server_offers_what_the_budget_counts_on() -> None:
    assert "max_connections=${DB_MAX_CONNECTIONS:-100}" in services()["postgres"]["command"]
    assert ours()["web"]["environment"]["DB_MAX_CONNECTIONS"] == "${DB_MAX_CONNECTIONS:-100}"


def test_no_login_is_a_superuser_and_all_of_them_exist() -> None:
    created = re.findall(r"CREATE ROLE (\w+) LOGIN", (DOCKER / "postgres.sh").read_text("utf-8"))
    variables = resolved(ours()["web"])
    used = {value for name, value in variables.items() if name.endswith("_DATABASE_USER")}
    assert set(created) == used
    assert "POSTGRES_USER" not in services()["postgres"]["environment"]  # postgres, used by nobody


def test_nothing_secret_stands_in_the_file() -> None:
    for service in services().values():
        for name, value in service["environment"].items() if "environment" in service else ():
            if re.search("PASSWORD|SECRET|KEY", name):
                assert value is None or re.match(r"(\$\{\w+:\+)?/run/secrets/", str(value)), name


def test_roles_start_when_the_schema_is_there_and_come_back_when_they_die() -> None:
    for role in ROLES:
        service = ours()[role]
        assert service["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
        assert service["restart"] == "unless-stopped"
        assert "stop_grace_period" in service


def test_every_service_is_asked_for_its_health_or_says_that_it_has_none() -> None:
    asked = {name for name, service in services().items() if "test" in service["healthcheck"]}
    assert asked == {"postgres", "redis", "web"}
