"""`make bench`: one part that fails neither hides nor ends the others."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.wide

ROOT = Path(__file__).resolve().parents[2]
PARTS = {
    "bench_a": "def main():\n    assert 1 > 2, {'p50_ms': 99}\n",
    "bench_b": "def main():\n    return {'p50_ms': 3}\n",
    "bench_c": "import os\n\ndef main():\n    os.abort()\n",
    "bench_d": "def main():\n    return {'p50_ms': 4}\n",
    "bench_e": "import no_such_module\n",
}


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """A folder of benchmarks of the test's own, run by the program of ours."""
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    for name in ("__init__.py", "__main__.py", "part.py"):
        shutil.copy(ROOT / "benchmarks" / name, folder)
    for name, text in PARTS.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return tmp_path


def run(folder: Path, *names: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *names],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": f"{folder}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )


def lines(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, object]]:
    told = [json.loads(line) for line in done.stdout.splitlines()]
    return {line.pop("benchmark"): line for line in told}


def test_it_goes_on_after_parts_that_fail_names_them_at_the_end_and_exits_1(parts: Path) -> None:
    done = run(parts)
    assert lines(done)["bench_b"] == {"p50_ms": 3}
    assert lines(done)["bench_d"] == {"p50_ms": 4}
    assert lines(done)["bench_a"] == {"failed": "AssertionError: {'p50_ms': 99}"}
    assert done.stderr.splitlines()[-1] == "3 of 5 failed: bench_a, bench_c, bench_e"
    assert done.returncode == 1


def test_those_that_are_named_are_run_and_all_of_them_holding_is_exit_0(parts: Path) -> None:
    done = run(parts, "bench_d", "bench_b")
    assert list(lines(done)) == ["bench_b", "bench_d"]
    assert (done.returncode, done.stderr) == (0, "")


def test_a_name_that_is_none_is_refused_and_nothing_is_run(parts: Path) -> None:
    done = run(parts, "bench_b", "bench_x")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no benchmark: bench_x; there are bench_a, bench_b" in done.stderr
