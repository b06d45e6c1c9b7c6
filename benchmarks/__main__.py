"""`make bench`: run every benchmarks/bench_*.py, or those that are named, one JSON line each.

A benchmark compares two ways side by side in one run, because machines are shared and noisy, and
asserts that both did the same work before it says how long they took. Each is a process of its
own: one that fails takes nothing along, and is named again at the end.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BAD_USAGE = 2


def main(names: list[str]) -> int:
    found = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    if unknown := sorted(set(names) - set(found)):
        print(f"no benchmark: {', '.join(unknown)}; there are {', '.join(found)}", file=sys.stderr)
        return BAD_USAGE
    chosen = [name for name in found if not names or name in names]
    failed = [name for name in chosen if not _holds(name)]
    if failed:
        print(f"{len(failed)} of {len(chosen)} failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _holds(name: str) -> bool:
    """Whether it came to its end; it prints for itself."""
    command = [sys.executable, "-m", "benchmarks.part", name]
    done = subprocess.run(command, check=False)  # noqa: S603 - our own command
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
