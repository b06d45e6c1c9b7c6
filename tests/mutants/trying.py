"""A copy of the tree with one defect at a time, and the tests that should see it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path

from tests.mutants.patches import Mutant

# No test of a defect takes so long; all of one's tests together end by the second.
TEST_SECONDS, ALL_SECONDS = 60, 120
_LEFT_OUT = (".git", ".venv", ".cairn", "__pycache__", ".*_cache", "*.egg-info")
_OPTIONS = (
    *("-q", "--tb=no", "--no-header", "-rfE", "-p", "no:cacheprovider", "--reuse-db"),
    *(f"--timeout={TEST_SECONDS}", "--timeout-method=thread"),
)
# Of this process, which may be a test itself.
_OURS = {"DJANGO_SETTINGS_MODULE", "PYTHONPATH", "PYTEST_ADDOPTS", "PROCESS_ROLE"}
_RED = re.compile(r"^(?:FAILED|ERROR) ([^\s\[]+)", re.MULTILINE)


class Verdict(Enum):
    SEEN = "seen"
    SURVIVED = "SURVIVED"
    HUNG = "HUNG"
    """No test failed; its time ran out, as it would on a slow machine without any defect."""
    UNJUDGED = "NOT JUDGED"


class Copy:
    """`path` is a tree of its own; the interpreter and its packages are those of this process, its
    environment is with what `environ` adds."""

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        self.path = path
        self.environ = dict(environ)

    @classmethod
    def of(cls, tree: Path, path: Path, environ: Mapping[str, str]) -> Copy:
        shutil.copytree(tree, path, ignore=shutil.ignore_patterns(*_LEFT_OUT), symlinks=True)
        if (tree / ".venv").exists():
            (path / ".venv").symlink_to((tree / ".venv").resolve())
        return cls(path, environ)

    @contextmanager
    def broken_by(self, mutant: Mutant) -> Iterator[None]:
        self._patch(mutant)
        try:
            yield
        finally:
            self._patch(mutant, "--reverse")

    def judge(self, mutant: Mutant) -> Verdict:
        with self.broken_by(mutant):
            status, said = self.run(mutant.tests, "-x", seconds=ALL_SECONDS)
        if status == 1:
            return Verdict.SEEN if _RED.search(said) else Verdict.HUNG
        # What pytest could not even begin (4, 5) or collect (2) says nothing about the promise.
        return Verdict.UNJUDGED if status else Verdict.SURVIVED

    def list_red(self, tests: Sequence[str]) -> set[str]:
        """Those that fail as the tree is; all of them where pytest came to no end."""
        status, said = self.run(tests)
        return set(_RED.findall(said)) or (set(tests) if status else set())

    def run(
        self, tests: Sequence[str], *options: str, seconds: float | None = None
    ) -> tuple[int, str]:
        """Pytest's status, and what it said."""
        command = [sys.executable, "-m", "pytest", *_OPTIONS, *options, *tests]
        environ = {name: value for name, value in os.environ.items() if name not in _OURS}
        environ |= self.environ
        with (
            tempfile.TemporaryFile("w+") as output,
            subprocess.Popen(
                command,
                cwd=self.path,
                env=environ,
                stdout=output,
                stderr=output,
                start_new_session=True,
            ) as process,
        ):
            try:
                status = process.wait(seconds)
            except subprocess.TimeoutExpired:
                status = 1
            finally:
                with suppress(ProcessLookupError):  # what a broken test has left behind, too
                    os.killpg(process.pid, signal.SIGKILL)
            output.seek(0)
            return status, output.read()

    def _patch(self, mutant: Mutant, *options: str) -> None:
        # Within somebody's repository git would look for the files of that one.
        environ = os.environ | {"GIT_CEILING_DIRECTORIES": str(self.path.parent)}
        command = ["git", "apply", *options, str(mutant.path)]
        subprocess.run(command, cwd=self.path, env=environ, check=True)
