"""`make bench`: run every benchmarks/bench_*.py, print one JSON line each.

A benchmark compares two ways side by side in one run, because machines are shared and noisy, and
asserts that both did the same work before it says how long they took.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path

import django


def main(names: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    found = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    for name in [name for name in found if not names or name in names]:
        result = importlib.import_module(f"benchmarks.{name}").main()
        print(json.dumps({"benchmark": name, **result}), flush=True)


main(sys.argv[1:])
