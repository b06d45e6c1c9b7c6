"""Celery's results without secrets: what a task was given, and what it failed with."""

from __future__ import annotations

from typing import Any

from config.logs import known_secrets
from config.redaction import redact
from connection_budget.contrib.celery.results import LaneBackend


class RedactingBackend(LaneBackend):
    def prepare_exception(self, exc: BaseException, serializer: str | None = None) -> Any:
        return redact(super().prepare_exception(exc, serializer), known_secrets())

    def _get_extended_properties(self, request: Any, traceback: Any) -> Any:
        return redact(super()._get_extended_properties(request, traceback), known_secrets())
