"""Events with what belongs to them: by structlog where that is installed, else by `logging`."""

from __future__ import annotations

import logging
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import Any


def get_logger(name: str) -> Any:
    """Nothing is loaded before the first event."""
    return _Logger(name)


def log_context() -> dict[str, Any]:
    """What every event of this task or thread is told with."""
    if not has_structlog():
        return {}
    about: dict[str, Any] = import_module("structlog.contextvars").get_contextvars()
    return about


def has_structlog() -> bool:
    return find_spec("structlog") is not None


class _Logger:
    def __init__(self, name: str) -> None:
        self._name = name

    @cached_property
    def _logger(self) -> Any:
        if not has_structlog():
            return PlainLogger(self._name)
        return import_module("structlog").get_logger(self._name)

    def __getattr__(self, method: str) -> Any:
        return getattr(self._logger, method)


class PlainLogger:
    """An event a line, `db_cap_reached alias='default' limit=4`; `about` has it in parts."""

    def __init__(self, name: str) -> None:
        self._log = logging.getLogger(name)

    def debug(self, event: str, **about: Any) -> None:
        self._tell(logging.DEBUG, event, about)

    def info(self, event: str, **about: Any) -> None:
        self._tell(logging.INFO, event, about)

    def warning(self, event: str, **about: Any) -> None:
        self._tell(logging.WARNING, event, about)

    def error(self, event: str, **about: Any) -> None:
        self._tell(logging.ERROR, event, about)

    def _tell(self, level: int, event: str, about: dict[str, Any]) -> None:
        if self._log.isEnabledFor(level):
            parts = (f"{name}={value!r}" for name, value in about.items())
            self._log.log(level, "%s", " ".join([event, *parts]), extra={"about": about})
