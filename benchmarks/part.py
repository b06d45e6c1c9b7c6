"""One benchmark in this process: its JSON line, and exit 1 where something does not hold."""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from typing import Any

import django


def main(name: str) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    try:
        result: dict[str, Any] = importlib.import_module(f"benchmarks.{name}").main()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        traceback.print_exc()
        result = {"failed": f"{type(error).__name__}: {error}"[:2_000]}
    print(json.dumps({"benchmark": name, **result}), flush=True)
    return 1 if "failed" in result else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
