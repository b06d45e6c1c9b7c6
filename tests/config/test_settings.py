"""A bad setting stops the start, by name and without a traceback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.fleet import FLEET
from config.secret_key import refuse_weak_key

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
STRONG_KEY = "only tests sign with this one, " * 2
COMPLETE = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": STRONG_KEY,
    "ALLOWED_HOSTS": "cairn.example",
    "SITE_URL": "https://cairn.example",
    "EMAIL_URL": "smtp://user:password@mail.example:587",
    "DATABASE_URL": "postgresql://cairn:x@db.example/cairn",
    "REDIS_URL": "redis://redis.example",
}


BAD_VALUES = [
    ("PROCESS_ROLE", "wizard", "must be one of command, web"),
    ("DATABASE_POOLER", "session", "must be “none” or “transaction”"),
    ("ROLE_WEB_CONNECTIONS", "many", "a whole number"),
    ("ROLE_LOGS_INSTANCES", "9", "ROLE_LOGS_PROCESSES"),
    ("DB_MAX_CONNECTIONS", "0", "DB_MAX_CONNECTIONS"),
    ("BATCH_MAX_SECONDS", "-1", "it must be a number above zero"),
    ("RUN_MAX_TOKENS", "1.5", "it must be a whole number above zero"),
    ("RUN_MAX_COST_USD", "$5", "it must be a number above zero"),
    ("ANONYMOUS_ROADMAPS_PER_DAY", "-1", "it must be a whole number of 0 or more"),
    ("USER_ROADMAPS_PER_DAY", "many", "it must be a whole number of 0 or more"),
    ("ORDERS_PER_ADDRESS_PER_DAY", "1.5", "it must be a whole number of 0 or more"),
    ("SIGN_UPS_PER_ADDRESS_PER_DAY", "∞", "it must be a whole number of 0 or more"),
    ("SOCKETS_PER_SESSION", "9" * 5_000, "it must be a whole number of 0 or more"),
    ("SOCKETS_PER_ADDRESS", "0x10", "it must be a whole number of 0 or more"),
    ("OPEN_RUNS_PER_PERSON", "0", "it must be a whole number of 1 or more"),
    ("SIGN_INS_PER_MINUTE", "0", "it must be a whole number of 1 or more"),
    ("ANSWERS_PER_MINUTE", "0", "it must be a whole number of 1 or more"),
    ("FORWARDED_ALLOW_IPS", "*", "say with TRUSTED_PROXIES how many there are"),
    ("TRUSTED_PROXIES", "yes", "it must be a whole number from 0 to 100"),
    ("BATCH_MAX_SECONDS", "inf", "it must be a number above zero"),
    ("SITE_URL", "http://[::1", "must begin with http"),
    ("LLM_BASE_URL", "http://localhost:port/v1", "must begin with http"),
    ("REDIS_URL", "localhost:6379", "REDIS_URL must be like redis://"),
    ("DATABASE_URL", "sqlite:///x.db", "must begin with postgresql://"),
    ("DATABASE_URL", "garbage", "must begin with postgresql://"),
    ("DJANGO_SETTINGS_MODULE", "nope.x", "there is no “nope.x”"),
    ("SECRET_KEY_FILE", "/nowhere/at/all", "cannot be read"),
    ("LLM_MAX_CONCURRENCY", "plenty", "it must be a whole number"),
    ("LLM_BLIND_SOLVE", "maybe", "must be on or off"),
    ("LLM_API_KEY", "sk-“quoted”", "a character that no key has"),
    ("LLM_OUTPUT_MODE", "magic", "must be one of native, tool, prompted"),
    ("CONTENT_PROVIDER", "oracle", "must be one of catalogue, openai"),
    ("LOG_LEVEL", "loud", "must be one of DEBUG, INFO"),
]
# Answers `manage.py check` for one changed variable after another, each in a fork of a process
# that has loaded the command and read no setting yet.
FORKS = """
import json, os, sys, tempfile
from config.bootstrap import run_command
for name, value in json.load(sys.stdin):
    with tempfile.TemporaryFile() as said:
        if (child := os.fork()) == 0:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            os.environ[name] = value
            run_command(["manage.py", "check"])
            sys.exit()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said.seek(0)
        print(json.dumps([status, said.read().decode()]), flush=True)
"""


def check(*options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(
        [sys.executable, "manage.py", "check", *options],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=kept | variables,
        timeout=100,
        check=False,
    )


def test_production_starts_with_what_it_requires() -> None:
    outcome = check(**COMPLETE)
    assert outcome.returncode == 0, outcome.stderr


def test_nothing_is_to_be_said_about_a_deployment() -> None:
    """With a login role for each process role: one for all is worth a warning of ours."""
    users = {f"ROLE_{role.name.upper()}_DATABASE_USER": role.name for role in FLEET}
    outcome = check("--deploy", "--fail-level", "WARNING", **(COMPLETE | users))
    assert outcome.returncode == 0, outcome.stderr
    assert "no issues" in outcome.stdout


def test_a_deployment_without_https_is_warned_of() -> None:
    plain = {"SITE_URL": "http://cairn.example"}
    outcome = check("--deploy", "--fail-level", "WARNING", **(COMPLETE | plain))
    assert outcome.returncode == 1
    assert "SESSION_COOKIE_SECURE" in outcome.stderr


def test_production_refuses_a_weak_key_without_telling_it() -> None:
    outcome = check(**(COMPLETE | {"SECRET_KEY": STRONG_KEY[:49]}))
    assert outcome.returncode == 1
    assert "SECRET_KEY has 49 characters, fewer than 50" in outcome.stderr
    assert STRONG_KEY[:49] not in outcome.stderr
    assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize(
    ("key", "weakness"),
    [
        ("x", "has 1 characters"),
        ("abcd" * 20, "has fewer than 5 different characters"),
        (f"django-insecure-{STRONG_KEY}", "begins with django-insecure-"),
    ],
)
def test_what_django_calls_a_weak_key_is_one(key: str, weakness: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"^SECRET_KEY {weakness}"):
        refuse_weak_key(key)


def test_the_key_that_the_image_is_built_with_is_strong_enough() -> None:
    build = (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8")
    assignment = re.search(r'SECRET_KEY=("\$\(.*?\)"|\S+)', build)
    assert assignment is not None
    made = subprocess.run(
        ["sh", "-c", f"printf %s {assignment[1]}"], capture_output=True, text=True, check=True
    )
    refuse_weak_key(made.stdout)


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "EMAIL_URL"])
def test_production_names_the_variable_it_misses(name: str) -> None:
    outcome = check(**{key: value for key, value in COMPLETE.items() if key != name})
    assert outcome.returncode == 1
    assert f"{name} must be set in production" in outcome.stderr
    assert "Traceback" not in outcome.stderr


@pytest.fixture(scope="module")
def answers() -> dict[tuple[str, str], tuple[int, str]]:
    """Status and words of `manage.py check` for each bad value."""
    pairs = [(name, value) for name, value, _words in BAD_VALUES]
    asked = subprocess.run(
        [sys.executable, "-c", FORKS],
        input=json.dumps(pairs),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")},
        timeout=250,
        check=True,
    )
    told = [json.loads(line) for line in asked.stdout.splitlines()]
    return dict(zip(pairs, told, strict=True))


@pytest.mark.parametrize(("name", "value", "words"), BAD_VALUES)
def test_a_bad_value_is_told_by_name(
    answers: dict[tuple[str, str], tuple[int, str]], name: str, value: str, words: str
) -> None:
    status, said = answers[name, value]
    assert status == 1
    assert name in said
    assert words in said
    assert "Traceback" not in said


def test_a_copied_example_changes_nothing(tmp_path: Path) -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("=", 1) for line in lines if line and not line.startswith("#")]
    outcome = check(**dict(pairs))
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout == "System check identified no issues (0 silenced).\n"


def test_production_says_which_mail_address_is_wrong() -> None:
    outcome = check(**(COMPLETE | {"EMAIL_URL": "garbage"}))
    assert outcome.returncode == 1
    assert "EMAIL_URL cannot be used" in outcome.stderr


def test_the_settings_option_is_heard_before_anything_is_loaded() -> None:
    outcome = subprocess.run(
        [sys.executable, "manage.py", "check", "--settings=config.settings.production"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": "/"},
        timeout=100,
        check=False,
    )
    assert "must be set in production" in outcome.stderr


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text(STRONG_KEY, encoding="utf-8")
    variables = COMPLETE | {"SECRET_KEY_FILE": str(secret)}
    del variables["SECRET_KEY"]
    assert check(**variables).returncode == 0
