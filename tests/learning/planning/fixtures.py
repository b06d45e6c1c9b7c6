"""A run that waits with its plan, and the browser of whoever ordered it."""

from __future__ import annotations

import pytest
from django.test import Client

from generation.models import GenerationRun
from tests.learning.planning.planning import make_planned, whoever_made


@pytest.fixture
def run(db: None) -> GenerationRun:
    return make_planned()


@pytest.fixture
def client(run: GenerationRun) -> Client:
    return whoever_made(run)
