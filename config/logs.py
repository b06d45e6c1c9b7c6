"""One log line per event, on stderr: readable in development, JSON in production.

Every line carries the process's role, and what is bound where work begins (`run`, `artifact`,
`task`). No line carries a secret.
"""

from __future__ import annotations

import logging
import logging.config
import os
import sys
import threading
from collections.abc import Callable, MutableMapping
from functools import cache
from types import TracebackType
from typing import Any

import structlog
from celery.utils.log import LoggingProxy
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.access_lines import tell_access
from config.environment import Environment
from config.redaction import SHORTEST_KNOWN_SECRET, redact_items, remove_known

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# Libraries tell at DEBUG what they send and receive, so DEBUG is for us alone.
OURS = ("accounts", "concepts", "config", "connection_budget", "generation", "learning", "roadmaps")

EventDict = MutableMapping[str, Any]

# Where the line is written: the context is the writer's.
_AT_THE_CALL: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def log_level(env: Environment, *, role: str, as_json: bool) -> str:
    """LOG_LEVEL. A command reports in words to the person who typed it, so it logs errors only.

    Raises ImproperlyConfigured.
    """
    default = "ERROR" if role == "command" and not as_json else "INFO"
    given: str = env.str("LOG_LEVEL", default=default)
    if given.upper() not in LEVELS:
        raise ImproperlyConfigured(
            f"LOG_LEVEL is “{given}”; it must be one of {', '.join(LEVELS)}."
        )
    return given.upper()


def logging_settings(*, role: str, level: str, as_json: bool) -> dict[str, Any]:
    """Django's LOGGING, and structlog set up to feed it."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_AT_THE_CALL,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    calm = max_level(level, "INFO")
    # Errors of pages go the way of all others, once, and not by mail with their settings.
    elsewhere: dict[str, Any] = {
        name: {"handlers": [], "propagate": True} for name in ("django", "django.server")
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"events": formatter_settings(role=role, as_json=as_json)},
        "filters": {"refused_requests": {"()": "config.refused_requests.RefusedRequests"}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "events",
                "filters": ["refused_requests"],
                # In production sys.stderr itself becomes a way into the log.
                "stream": "ext://sys.__stderr__" if as_json else "ext://sys.stderr",
            }
        },
        "root": {"handlers": ["stderr"], "level": calm},
        # It tells at each start that there is no .env.
        "loggers": {
            **elsewhere,
            "environ": {"level": max_level(calm, "WARNING")},
            **{name: {"level": level} for name in OURS},
        },
    }


def max_level(*levels: str) -> str:
    """The one that lets the least through."""
    return max(levels, key=LEVELS.index)


def formatter_settings(*, role: str, as_json: bool) -> dict[str, Any]:
    """How a line is made, structlog's and everybody else's."""
    renderer: Any = structlog.processors.JSONRenderer()
    if not as_json:
        renderer = structlog.dev.ConsoleRenderer(
            colors=bool(sys.stderr and sys.stderr.isatty()),
            exception_formatter=structlog.dev.plain_traceback,
        )
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "pass_foreign_args": True,
        "foreign_pre_chain": _AT_THE_CALL,
        "processors": [
            role_adder(role),
            structlog.processors.format_exc_info,
            redact_event,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            renderer,
        ],
    }


def role_adder(role: str) -> Callable[[Any, str, EventDict], EventDict]:
    """A processor that says in each line what this process is."""

    def add_role(_logger: Any, _method: str, event: EventDict) -> EventDict:
        event["role"] = role
        return event

    return add_role


def redact_event(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """A processor; the traceback must be text by then."""
    known, record = known_secrets(), event.pop("_record", None)
    meta = {"_record": record, "_from_structlog": event.pop("_from_structlog", False)}
    given = event.pop("positional_args", None)
    told = tell_access(record, given) if record else None
    if told is not None:
        return {**event, **meta, "event": remove_known(told, known)}
    return redact_items(event, known) | meta


def known_secrets() -> tuple[str, ...]:
    """Our own secrets: wherever they turn up, they are recognised by their value."""
    return _secrets_of(settings) if settings.configured else ()


@cache  # they do not change once they are loaded
def _secrets_of(loaded: Any) -> tuple[str, ...]:
    names = ("SECRET_KEY", "LLM_API_KEY", "METRICS_TOKEN", "EMAIL_HOST_PASSWORD")
    found = {str(getattr(loaded, name, "") or "") for name in names}
    found |= {str(database.get("PASSWORD") or "") for database in loaded.DATABASES.values()}
    # The longest first: one may be part of another.
    return tuple(sorted((s for s in found if len(s) >= SHORTEST_KNOWN_SECRET), key=len)[::-1])


# --- Production: nothing is written past the log --------------------------------------------------


def configure_in_json(config: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG in production: the loggers, and everything that bypasses them."""
    logging.config.dictConfig(config)
    capture_the_rest()


def logs_json() -> bool:
    return bool(settings.LOGGING_CONFIG == "config.logs.configure_in_json")


def capture_the_rest() -> None:
    """Warnings and uncaught exceptions become log lines."""
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda args: _log_uncaught(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
    )
    sys.unraisablehook = lambda args: logging.getLogger("config").error(
        "exception_ignored", exc_info=args.exc_value
    )


def capture_prints() -> None:
    """Whatever a server or worker prints becomes log lines; what a command prints is its answer."""
    printed = logging.getLogger("config.printed")
    sys.stdout = LoggingProxy(printed, logging.WARNING)
    sys.stderr = LoggingProxy(printed, logging.WARNING)


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    logging.getLogger("config").critical("exception_uncaught", exc_info=(kind, error, trace))


def say_at_once(message: str, _file: Any = None) -> None:
    """What Celery says from inside a signal handler, where locks must not be taken."""
    handler = logging.getLogger().handlers[0]
    record = logging.makeLogRecord(
        {"name": "celery.worker", "levelname": "INFO", "levelno": logging.INFO, "msg": message}
    )
    os.write(2, (handler.format(record) + "\n").encode())
