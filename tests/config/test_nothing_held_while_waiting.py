"""No code waits for something else with a transaction open: the part of it that a reader can see.

(What only shows while it runs, `connection_budget.holding` tells.)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    *("accounts", "concepts", "config", "connection_budget", "generation"),
    *("learning", "roadmaps"),
)
WAITS = {"open_gateway", "write_text", "write_object", "run_until_complete"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def is_atomic(node: ast.expr) -> bool:
    """`transaction.atomic()`, `atomic(using=…)`, and the decorator without a call."""
    target = node.func if isinstance(node, ast.Call) else node
    return "atomic" in {getattr(target, "attr", None), getattr(target, "id", None)}


def inside(nodes: list[ast.stmt]) -> Iterator[ast.AST]:
    """All that runs in a block, without what it only defines."""
    waiting: list[ast.AST] = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, FUNCTIONS):
            waiting.extend(ast.iter_child_nodes(node))


def heads(node: ast.AST) -> list[ast.expr]:
    """What stands over a block and may open a transaction for it."""
    if isinstance(node, ast.With | ast.AsyncWith):
        return [item.context_expr for item in node.items]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return node.decorator_list
    return []


def transactions(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        if any(is_atomic(head) for head in heads(node)):
            yield node.body  # type: ignore[attr-defined]  # what has a head has one


def waits(node: ast.AST) -> bool:
    if isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith):
        return True
    if not isinstance(node, ast.Call):
        return False
    called = ast.unparse(node.func)
    return called == "asyncio.run" or called.rpartition(".")[2] in WAITS


def found_in(source: str) -> list[int]:
    """The lines that wait within a transaction."""
    bodies = transactions(ast.parse(source))
    return sorted({node.lineno for body in bodies for node in inside(body) if waits(node)})  # type: ignore[attr-defined]  # what waits has a line


@pytest.mark.parametrize("app", APPS)
def test_nobody_waits_within_a_transaction(app: str) -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in (ROOT / app).rglob("*.py")}
    found = {str(path): lines for path, text in sources.items() if (lines := found_in(text))}
    assert found == {}


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("async def f():\n with transaction.atomic():\n  await ask()", [3]),
        ("def f():\n with atomic(using='x'), other():\n  asyncio.run(ask())", [3]),
        ("@transaction.atomic\ndef f():\n return gateway.write_text(p)", [3]),
        ("@atomic(durable=True)\nasync def f():\n async with a: pass", [3]),
        ("with transaction.atomic():\n async def later():\n  await ask()", []),
        ("async def f():\n with transaction.atomic():\n  save()\n await ask()", []),
    ],
)
def test_what_waits_within_a_transaction_is_found(source: str, lines: list[int]) -> None:
    assert found_in(source) == lines
