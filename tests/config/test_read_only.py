"""An installed tree belongs to somebody else: what is configured from outside writes nothing."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config.test_settings import COMPLETE

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = [
    "accounts",
    "concepts",
    "config",
    "connection_budget",
    "generation",
    "learning",
    "roadmaps",
]
COMMANDS = [
    ["manage.py", "check"],
    ["manage.py", "connection_budget"],
    ["-m", "config.serve.share"],
]
READER = re.compile(r"(env|os\.environ)\.")
# Written by whatever Python imports, unless it is told not to.
NO_BYTECODE = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": ""}
# Tells which files a module changes while it is imported.
WATCHED_IMPORT = """
import importlib, json, os, sys
CHANGES = {"os.mkdir", "os.rename", "os.link", "os.symlink", "os.remove", "os.rmdir", "os.chmod"}
changed = []
def watch(event, arguments):
    writes = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if (writes or event in CHANGES) and arguments[0] != os.devnull:
        changed.append([event, str(arguments[0])])
sys.addaudithook(watch)
importlib.import_module(sys.argv[1])
print(json.dumps(changed))
"""


def variables(directory: Path, **others: str) -> dict[str, str]:
    outside = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"} | NO_BYTECODE
    return outside | COMPLETE | {"PROMETHEUS_MULTIPROC_DIR": str(directory)} | others


@pytest.mark.parametrize("role", ["command", "web"])
@pytest.mark.parametrize("environment", ["production", "development"])
def test_settings_that_are_given_everything_change_no_file(
    environment: str, role: str, tmp_path: Path
) -> None:
    imported = subprocess.run(
        [sys.executable, "-c", WATCHED_IMPORT, f"config.settings.{environment}"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=variables(tmp_path, PROCESS_ROLE=role),
        check=False,
    )
    assert imported.returncode == 0, imported.stderr
    assert json.loads(imported.stdout) == []


def test_the_watch_sees_what_a_checkout_writes(tmp_path: Path) -> None:
    """Settings that are given nothing make the state directory of their checkout."""
    tree = copy_of_the_tree(tmp_path)
    imported = subprocess.run(
        [sys.executable, "-c", WATCHED_IMPORT, "config.settings.development"],
        capture_output=True,
        text=True,
        cwd=tree,
        env={"PATH": os.environ["PATH"]} | NO_BYTECODE,
        check=True,
    )
    assert ["os.mkdir", str(tree / ".cairn")] in json.loads(imported.stdout)


def copy_of_the_tree(directory: Path) -> Path:
    tree = directory / "tree"
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tree / package)
    shutil.copy(ROOT / "manage.py", tree)
    return tree


@pytest.fixture
def read_only_tree(tmp_path: Path) -> Iterator[Path]:
    tree = copy_of_the_tree(tmp_path)
    everything = [tree, *tree.rglob("*")]
    for path in everything:
        path.chmod(0o555 if path.is_dir() else 0o444)
        if os.geteuid() == 0:
            os.chown(path, 65534, 65534)
    yield tree
    for path in everything:
        path.chmod(0o755)


def without_privileges(command: list[str]) -> list[str]:
    """Root, too, is held to the modes of files, as the user of an image is."""
    if os.geteuid() != 0:
        return command
    dropped = "-dac_override,-dac_read_search,-fowner,-chown"
    return ["setpriv", "--bounding-set", dropped, *command]


def test_commands_run_in_a_tree_that_cannot_be_written(
    read_only_tree: Path, tmp_path: Path
) -> None:
    before = sorted(read_only_tree.rglob("*"))
    started = [
        subprocess.Popen(
            without_privileges([sys.executable, *command]),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd=read_only_tree,
            env=variables(tmp_path, PROCESS_ROLE="web"),
        )
        for command in COMMANDS
    ]
    said = [process.communicate(timeout=100)[1] for process in started]
    assert [process.returncode for process in started] == [0] * len(COMMANDS), said
    assert sorted(read_only_tree.rglob("*")) == before


def defaults_with_calls(source: Path) -> Iterator[str]:
    """Defaults that call something, which happens although the variable is set."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not READER.match(ast.unparse(node.func)):
            continue
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        calls = [part for value in given for part in ast.walk(value) if isinstance(part, ast.Call)]
        if any(ast.unparse(call.func) != "str" for call in calls):
            yield f"{source.name}: {ast.unparse(node)}"


def test_no_default_of_a_variable_does_anything() -> None:
    sources = [*ROOT.glob("config/**/*.py"), *ROOT.glob("connection_budget/**/*.py")]
    assert [found for source in sources for found in defaults_with_calls(source)] == []
