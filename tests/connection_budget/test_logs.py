"""Events go to structlog where it is installed, and are lines of Python's own logging elsewhere."""

from __future__ import annotations

import pytest
import structlog
from structlog.testing import capture_logs

from connection_budget import logs
from connection_budget.logs import get_logger, log_context


def test_with_structlog_an_event_is_structured_and_told_with_its_context() -> None:
    with capture_logs() as events:
        get_logger("somewhere").warning("db_cap_reached", limit=4)
    assert events == [{"event": "db_cap_reached", "limit": 4, "log_level": "warning"}]
    structlog.contextvars.clear_contextvars()
    with structlog.contextvars.bound_contextvars(request="1"):
        assert log_context() == {"request": "1"}


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_without_structlog_an_event_is_a_line_of_logging_with_its_parts(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, level: str
) -> None:
    monkeypatch.setattr(logs, "has_structlog", lambda: False)
    with caplog.at_level("DEBUG", logger="somewhere"):
        getattr(get_logger("somewhere"), level)("db_cap_reached", alias="default", limit=4)
    (record,) = caplog.records
    assert record.getMessage() == "db_cap_reached alias='default' limit=4"
    assert (record.levelname.lower(), record.name) == (level, "somewhere")
    assert record.about == {"alias": "default", "limit": 4}  # type: ignore[attr-defined]
    assert log_context() == {}


def test_a_level_that_nobody_wants_costs_no_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(logs, "has_structlog", lambda: False)
    with caplog.at_level("ERROR", logger="somewhere"):
        get_logger("somewhere").debug("db_semaphore_acquired")
    assert caplog.records == []
