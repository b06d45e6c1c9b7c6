"""A model is set, so that there is one to ask."""

from __future__ import annotations

import pytest
from pytest_django.fixtures import Settings


@pytest.fixture
def model_server(settings: Settings) -> None:
    settings.LLM_MODEL = "beekeeper-1"
