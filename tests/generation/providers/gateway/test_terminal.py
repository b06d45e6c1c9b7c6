"""On a terminal, where libraries feel free to speak."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.generation.providers.gateway.conftest import NO_REDIS
from tests.generation.providers.gateway.model_server import ModelServer

ROOT = Path(__file__).resolve().parents[4]


@pytest.mark.slow
@pytest.mark.wide
def test_nobody_advertises_anything(server: ModelServer) -> None:
    server.concepts = 12
    variables = {"DJANGO_SETTINGS_MODULE": "config.settings.development", "REDIS_URL": NO_REDIS}
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "manage.py", "llm_check"],
        cwd=ROOT,
        env=os.environ | variables | server.environment(),
        stdout=theirs,
        stderr=theirs,
    ) as process:
        assert process.wait(100) == 0
    os.close(theirs)
    told = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "valid at once" in told
    assert "logfire" not in told.casefold()
    assert len(told.splitlines()) < 15
