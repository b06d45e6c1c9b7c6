"""The libraries are loaded once, before the fork, and shared by all children."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.generation.providers.gateway.conftest import NO_REDIS
from tests.generation.providers.gateway.model_server import ModelServer

SCRIPT = Path(__file__).with_name("forking_process.py")
ROOT = SCRIPT.parents[4]
LIMIT_MIB = 40


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
@pytest.mark.wide
def test_a_child_does_not_load_the_gateway_again(server: ModelServer) -> None:
    variables = {
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
        "PROCESS_ROLE": "content_generation",
        "REDIS_URL": NO_REDIS,
    }
    process = subprocess.run(
        [sys.executable, str(SCRIPT)],
        cwd=ROOT,
        env=os.environ | variables | server.environment(),
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    told = json.loads(process.stdout)
    assert told["loaded"]
    assert len(server.answered()) == 80
    for before, after in told["children"]:
        assert after - before < LIMIT_MIB
