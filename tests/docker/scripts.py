"""A checkout whose Python only tells what it was asked to do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SHARE = 3
# Quoted always, as a shell and Python both read it.
INTERPRETER = "'" + sys.executable.replace("'", "'\"'\"'") + "'"
# Shell and Python at once: the kernel would cut the path of an interpreter at a space.
STUB = f"""#!/bin/sh
"exec" {INTERPRETER} "$0" "$@"
import json, os, sys
if "connection_budget" in sys.argv:
    sys.exit("the arithmetic" if os.environ.get("TOO_MUCH") else 0)
if "config.serve.share" in sys.argv:
    print({SHARE})
    sys.exit()
print(json.dumps({{"argv": sys.argv[1:], "pid": os.getpid(), "environ": dict(os.environ)}}))
"""


@dataclass
class Outcome:
    status: int
    stderr: str
    pid: int
    said: dict[str, Any]

    def option(self, name: str) -> str:
        argv: list[str] = self.said["argv"]
        return argv[argv.index(name) + 1]


class Checkout:
    """In a path with a space; `python` is where it has its interpreter."""

    def __init__(self, directory: Path, python: str = ".venv/bin/python") -> None:
        self.root = directory / "my checkout"
        shutil.copytree(ROOT / "docker", self.root / "docker")
        program = self.root / python
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(STUB, encoding="utf-8")
        program.chmod(0o755)

    def run(self, script: str, *arguments: str, **variables: str) -> Outcome:
        process = subprocess.Popen(
            ["sh", str(self.root / "docker" / f"{script}.sh"), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env={"PATH": os.environ["PATH"]} | variables,
        )
        stdout, stderr = process.communicate(timeout=100)
        said = json.loads(stdout) if stdout else {}
        return Outcome(process.returncode, stderr, process.pid, said)
