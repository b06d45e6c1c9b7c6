"""What a log line looks like, in a process of its own: logging belongs to the whole process."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from typing import Any

import pytest
import structlog
from celery import current_app
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from django_celery_results.models import TaskResult

from config import logs
from config.environment import Environment
from config.results import RedactingBackend
from tests.config.test_settings import COMPLETE, ROOT, STRONG_KEY

pytestmark = pytest.mark.slow

SECRET = "Tr0ub4dor-and-3"
# The part of django.setup() that is about logs; the apps would take seconds to load.
START = """
import logging, sys, threading, warnings
import structlog
from django.conf import settings
from django.utils.log import configure_logging
configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
"""
FAILURE = f"""
def ask():
    raise RuntimeError("postgresql://cairn:{SECRET}@db.example and " + settings.SECRET_KEY)
"""


def say(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(
        [sys.executable, "-c", START + code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=kept | COMPLETE | {"PROCESS_ROLE": "workflow"} | variables,
        timeout=100,
        check=False,
    )


def lines(code: str, **variables: str) -> list[dict[str, Any]]:
    outcome = say(code, **variables)
    assert outcome.stdout == ""
    return [json.loads(line) for line in outcome.stderr.splitlines()]


def test_production_writes_one_object_a_line_whoever_speaks() -> None:
    told = lines(
        "structlog.get_logger('generation').info('run_claimed', puller='p');"
        "logging.getLogger('kombu').warning('two\\nlines %s', 7);"
        "structlog.contextvars.bind_contextvars(run='r1', artifact='knots/quiz');"
        "logging.getLogger('elsewhere').error('failed')"
    )
    assert [line["event"] for line in told] == ["run_claimed", "two\nlines 7", "failed"]
    assert {line["role"] for line in told} == {"workflow"}
    assert (told[0]["puller"], told[0]["level"], told[0]["logger"]) == ("p", "info", "generation")
    assert (told[2]["run"], told[2]["artifact"]) == ("r1", "knots/quiz")
    assert "run" not in told[0]


def test_warnings_and_uncaught_exceptions_are_lines_too() -> None:
    warned, in_thread, ignored, crashed = lines(
        FAILURE
        + """
class Bad:
    def __del__(self):
        ask()
warnings.warn("old")
thread = threading.Thread(target=ask)
thread.start()
thread.join()
Bad()
ask()
"""
    )
    assert "UserWarning: old" in warned["event"]
    assert (in_thread["event"], crashed["event"]) == ("exception_uncaught", "exception_uncaught")
    assert ignored["event"] == "exception_ignored"
    for line in (in_thread, ignored, crashed):
        assert "RuntimeError" in line["exception"]
        assert "def" not in line["event"]


@pytest.mark.parametrize("module", ["config.settings.production", "config.settings.development"])
def test_no_secret_is_told_not_even_by_an_exception(module: str) -> None:
    outcome = say(
        FAILURE
        + f"""
log = structlog.get_logger("generation")
try:
    ask()
except RuntimeError:
    log.exception("provider_failed", api_key="{SECRET}", headers={{"Cookie": "{SECRET}"}})
    logging.getLogger("celery").exception("raised: %s", "token={SECRET}")
""",
        DJANGO_SETTINGS_MODULE=module,
    )
    assert outcome.stderr.count("RuntimeError") == 2
    assert SECRET not in outcome.stderr
    assert STRONG_KEY not in outcome.stderr  # our own SECRET_KEY, known by its value


def test_development_is_for_people() -> None:
    outcome = say(
        "structlog.get_logger('generation').info('run_claimed', puller='p')",
        DJANGO_SETTINGS_MODULE="config.settings.development",
    )
    assert "run_claimed" in outcome.stderr
    assert "role=workflow" in outcome.stderr
    assert not outcome.stderr.startswith("{")


SPEAK = "; ".join(
    f"logging.getLogger('{name}').{level}('{name} {level}')"
    for name in ("connection_budget", "kombu")
    for level in ("debug", "info", "error")
)


@pytest.mark.parametrize(
    ("level", "role", "told"),
    [
        ("", "workflow", 4),
        ("", "command", 4),
        ("debug", "workflow", 5),  # of libraries it would tell what they send
        ("ERROR", "workflow", 2),
    ],
)
def test_log_level_decides_how_much(level: str, role: str, told: int) -> None:
    assert len(lines(SPEAK, LOG_LEVEL=level, PROCESS_ROLE=role)) == told


def test_in_development_a_command_logs_errors_only() -> None:
    quiet = {"DJANGO_SETTINGS_MODULE": "config.settings.development", "PROCESS_ROLE": "command"}
    assert len(say(SPEAK, **quiet).stderr.splitlines()) == 2


def test_a_level_that_does_not_exist_is_told() -> None:
    class Given(Environment):
        ENVIRON = {"LOG_LEVEL": "loud"}  # noqa: RUF012 - as django-environ has it

    with pytest.raises(ImproperlyConfigured, match="LOG_LEVEL is “loud”; it must be one of DEBUG"):
        logs.log_level(Given(), role="web", as_json=True)


def test_commands_answer_on_stdout_as_ever() -> None:
    outcome = say("print('{}')", PROCESS_ROLE="command")
    assert (outcome.stdout, outcome.stderr) == ("{}\n", "")


def test_servers_print_into_the_log() -> None:
    (told,) = lines(
        f"from config import logs; logs.capture_prints(); print('a\\nb token={SECRET}')"
    )
    assert told["event"] == "a\nb token=[redacted]"
    assert told["role"] == "workflow"


def test_a_task_is_named_in_its_lines_and_forgotten_by_the_next() -> None:
    told: list[dict[str, Any]] = []

    @current_app.task
    def knot(run: str | None) -> None:
        if run:
            structlog.contextvars.bind_contextvars(run=run)
        told.append(structlog.contextvars.get_contextvars())

    knot.apply(("r1",))
    assert structlog.contextvars.get_contextvars() == {}
    structlog.contextvars.bind_contextvars(run="left behind")
    knot.apply((None,))
    assert told[0]["run"] == "r1"
    assert told[0]["task"] == told[1]["task"] == knot.name
    assert "run" not in told[1]


@override_settings(CELERY_RESULT_EXTENDED=True)
@pytest.mark.django_db
def test_a_stored_failure_keeps_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RedactingBackend, "_store_result", stock_store_result)
    backend = RedactingBackend(current_app)

    class Request:
        task = "knots.tie"
        argsrepr = f"('api_key={SECRET}',)"
        kwargsrepr = f"{{'password': '{SECRET}'}}"

    backend.store_result(
        "failed", RuntimeError(f"Bearer {SECRET}"), "FAILURE", f"token={SECRET}", Request()
    )
    row = TaskResult.objects.get(task_id="failed")
    assert SECRET not in f"{row.result} {row.traceback} {row.task_args} {row.task_kwargs}"
    assert "RuntimeError" in row.result
    assert row.task_name == "knots.tie"


def stock_store_result(self: RedactingBackend, *arguments: Any, **options: Any) -> Any:
    """In this thread: the test's transaction is seen by no lane."""
    from django_celery_results.backends import DatabaseBackend

    return DatabaseBackend._store_result(self, *arguments, **options)


def test_what_a_signal_handler_says_is_a_line(capfd: pytest.CaptureFixture[str]) -> None:
    formatter = logging.Formatter("said %(message)s")
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    before, root.handlers = root.handlers, [handler]
    try:
        logs.say_at_once("worker: Cold shutdown (MainProcess)")
    finally:
        root.handlers = before
    assert capfd.readouterr().err == "said worker: Cold shutdown (MainProcess)\n"
