"""The libraries behind the gateway take seconds and 80 MiB: only who asks a model loads them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

# One process for all, for what one of them loads stays loaded: the first to blame is told.
LOADED = """
import importlib, json, sys
import django
django.setup()
from django.conf import settings

def heavy(after):
    loaded = sorted({"openai", "pydantic_ai"} & set(sys.modules))
    return [[after, loaded]] if loaded else []

to_blame = heavy("django.setup")
for name in ("config.urls", "config.asgi", "generation.tasks", "generation.probes"):
    importlib.import_module(name)
    to_blame += heavy(name)
from config.celery import load_gateway
load_gateway()
to_blame += heavy("a worker that uses the catalogue")
settings.CONTENT_PROVIDER = "openai"
load_gateway()
print(json.dumps([to_blame, heavy("a worker that asks a model")]))
"""


@pytest.mark.slow
def test_who_asks_no_model_does_not_load_its_libraries() -> None:
    variables = {"PROCESS_ROLE": "content_generation", "CONTENT_PROVIDER": "catalogue"}
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    to_blame, in_the_end = json.loads(done.stdout.splitlines()[-1])
    assert to_blame == []
    assert in_the_end == [["a worker that asks a model", ["openai", "pydantic_ai"]]]
