"""`.env.example` names what the settings read, no more and no less."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from config.fleet import FLEET
from connection_budget.budget.roles import COMMAND

ROOT = Path(__file__).resolve().parents[2]
# Variables (and a value of one) that belong to other programs.
OF_OTHERS = {"NO_COLOR", "REMAP_SIGTERM", "SIGQUIT", "XDG_RUNTIME_DIR"}
NAME = re.compile(r"[A-Z][A-Z0-9_]+")
# The callables through which our code reads the environment.
READERS = re.compile(
    r"env\.\w+|os\.environ\.\w+|_required|positive_number|optional_number|one_of|yes_or_no|read"
    r"|whole_number"
)


def read_by_the_code() -> set[str]:
    docs = ROOT / "connection_budget/docs"
    sources = [*ROOT.glob("config/**/*.py"), *ROOT.glob("connection_budget/**/*.py")]
    ours = [source for source in sources if docs not in source.parents]
    names = {name for source in ours for name in _named_arguments(source)}
    for role in (*FLEET, COMMAND):
        names |= {role.variable(part) for part in ("connections", "processes", "instances")}
        names |= {role.variable(f"database_{part}") for part in ("user", "password")}
    return names


def _named_arguments(source: Path) -> Iterator[str]:
    """NAME in every call such as env.str("NAME", …) or os.environ.setdefault("NAME", …)."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        reads = isinstance(node, ast.Call) and READERS.fullmatch(ast.unparse(node.func))
        for argument in node.args if isinstance(node, ast.Call) and reads else []:
            value = argument.value if isinstance(argument, ast.Constant) else None
            if isinstance(value, str) and NAME.fullmatch(value):
                yield value


def test_every_variable_is_explained_and_none_is_stale() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    named = [line.split("=")[0] for line in lines if line and not line.startswith("#")]
    assert len(named) == len(set(named))
    assert set(named) == read_by_the_code() - OF_OTHERS
