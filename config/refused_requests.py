"""What Django refuses of strangers is no error of ours: one line, and no traceback."""

from __future__ import annotations

import logging
from http import HTTPStatus


class RefusedRequests(logging.Filter):
    """Django tells of a foreign Host, of too many fields and the like as errors, each with the way
    through its own code; whoever likes could fill the log with them."""

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", 0)
        if record.name.startswith("django.security.") or HTTPStatus(400) <= status < HTTPStatus(
            500
        ):
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = record.exc_text = None
        return True
