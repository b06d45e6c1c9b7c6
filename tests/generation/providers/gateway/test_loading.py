"""The libraries behind the gateway take seconds and 80 MiB: only who asks a model loads them."""

from __future__ import annotations

import subprocess
import sys

import pytest

LOADED = """
import importlib, sys
import django
django.setup()
for name in {names}:
    importlib.import_module(name)
print(sorted({{"openai", "pydantic_ai"}} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    "names",
    [["config.urls"], ["config.asgi"], ["generation.tasks"], ["generation.probes"]],
    ids=" ".join,
)
def test_who_asks_no_model_does_not_load_its_libraries(names: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(names=names)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"
