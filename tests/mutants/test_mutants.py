"""The defects of `make mutants` fit the tree, and whoever tries them tells right from wrong."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.mutants.patches import FOLDER, ROOT, Mutant, groups, list_mutants, read_mutant, table_of
from tests.mutants.trying import Copy, Verdict

MUTANTS = list_mutants()
needs_git = pytest.mark.skipif(not shutil.which("git"), reason="git is missing")


def applies(mutant: Mutant) -> bool:
    environ = os.environ | {"GIT_CEILING_DIRECTORIES": str(ROOT.parent)}
    command = ["git", "apply", "--check", str(mutant.path)]
    return not subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode


def names_in(test_file: Path) -> set[str]:
    """Of tests as pytest calls them, without their parameters."""
    found = set()
    for node in ast.parse(test_file.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{one.name}" for one in node.body if hasattr(one, "name")}
    return found


def places_of(mutant: Mutant) -> list[int]:
    """In how many places each of its hunks would fit: with little around it, it could go astray."""
    diff = mutant.path.read_text("utf-8").partition("\n--- ")[2]
    file = re.search(r"^\+\+\+ b/(.+)$", diff, re.MULTILINE)
    assert file is not None
    text = (ROOT / file[1]).read_text("utf-8")
    hunks = re.split(r"^@@ .*\n", diff, flags=re.MULTILINE)[1:]
    before = (
        "".join(line[1:] for line in hunk.splitlines(True) if line[0] in " -") for hunk in hunks
    )
    return [f"\n{text}".count(f"\n{lines}") for lines in before]


@needs_git
def test_each_defect_still_applies_and_in_one_place() -> None:
    assert [one.name for one in MUTANTS if not applies(one)] == []
    assert [one.name for one in MUTANTS if set(places_of(one)) != {1}] == []


def test_each_names_a_promise_and_tests_that_exist() -> None:
    files = {test.partition("::")[0] for mutant in MUTANTS for test in mutant.tests}
    known = {f"{file}::{name}" for file in files for name in names_in(ROOT / file)}
    wrong = [(one.name, test) for one in MUTANTS for test in one.tests if test not in known]
    assert wrong == []
    assert [one.name for one in MUTANTS if not (one.promise.endswith(".") and one.tests)] == []


def test_there_are_enough_and_no_two_of_a_name() -> None:
    names = [mutant.name for mutant in MUTANTS]
    assert len(names) == len(set(names))
    of_the_package = sum(mutant.group == "connection_budget" for mutant in MUTANTS)
    assert of_the_package >= 40
    assert len(MUTANTS) - of_the_package >= 30


def test_contributing_lists_each_with_its_promise() -> None:
    contributing = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert [group for group in groups() if table_of(group) not in contributing] == []


TOY_TEST = """
from toy import most

def test_the_most_is_the_most():
    assert most([1, 3, 2]) == 3

def test_nothing_has_no_most():
    assert most([]) is None
"""
ENDLESS_TEST = """
import os
from toy import most

def test_the_most_is_found_at_all():
    if most([1, 3, 2]) != 3:
        os._exit(1)  # as pytest-timeout does
"""
TOY = "def most(numbers):\n    return max(numbers, default=None)\n"
PATCH = """Promise: It is the most.
Test: {file}::{test}

--- a/toy.py
+++ b/toy.py
@@ -1,2 +1,2 @@
 def most(numbers):
-    return max(numbers, default=None)
+    return {instead}
"""


@needs_git
@pytest.mark.slow
def test_a_defect_is_seen_survives_hangs_or_is_not_judged(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "toy.py").write_text(TOY)
    (tree / "test_toy.py").write_text(TOY_TEST)
    (tree / "test_endless.py").write_text(ENDLESS_TEST)
    copy = Copy.of(tree, tmp_path / "copy", {})

    def verdict(test: str, instead: str, file: str = "test_toy.py") -> Verdict:
        path = tmp_path / "one.patch"
        path.write_text(PATCH.format(file=file, test=test, instead=instead))
        return copy.judge(read_mutant(path))

    least = "min(numbers, default=None)"
    assert verdict("test_the_most_is_the_most", least) is Verdict.SEEN
    assert verdict("test_nothing_has_no_most", least) is Verdict.SURVIVED
    assert verdict("test_the_most_is_found_at_all", least, "test_endless.py") is Verdict.HUNG
    assert verdict("test_that_nobody_wrote", least) is Verdict.UNJUDGED
    assert (copy.path / "toy.py").read_text() == TOY
    (copy.path / "toy.py").write_text(TOY.replace("max", "min"))
    assert copy.list_red(["test_endless.py"]) == {"test_endless.py"}
    assert copy.list_red(["test_toy.py"]) == {"test_toy.py::test_the_most_is_the_most"}
    assert (tree / "toy.py").read_text() == TOY


def test_nothing_but_patches_and_their_runner_is_kept_here() -> None:
    kinds = {
        path.suffix for path in FOLDER.rglob("*") if path.is_file() and "cache" not in str(path)
    }
    assert kinds == {".patch", ".py"}
