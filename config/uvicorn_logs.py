"""What docker/uvicorn.json refers to: uvicorn's own lines look like all others.

Its parent process never sets Django up, so the settings are asked here.
"""

from __future__ import annotations

import logging.config
import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.environment import choose_settings
from config.logs import capture_prints, capture_the_rest, logs_json

choose_settings()
try:
    LOGGING: dict[str, Any] = settings.LOGGING
    LEVEL = LOGGING["root"]["level"]
except ImproperlyConfigured as error:
    sys.exit(f"web: {error}")


def make_formatter() -> logging.Formatter:
    if logs_json():
        capture_the_rest()
        capture_prints()
    arguments = dict(LOGGING["formatters"]["events"])
    factory = arguments.pop("()")
    formatter: logging.Formatter = factory(**arguments)
    return formatter
