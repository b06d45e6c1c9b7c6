"""Finds ways around the lanes in source code: whatever would touch the ORM on a foreign thread."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Model, QuerySet

# Each hands work to a thread that no executor of ours owns.
BRIDGES = frozenset(
    {
        "DatabaseSyncToAsync",
        "SyncToAsync",
        "aget_list_or_404",
        "aget_object_or_404",
        "database_sync_to_async",
        "run_in_executor",
        "sync_to_async",
        "to_thread",
    }
)
# The managers of relations are made at run time, so their methods are named here.
ASYNC_METHODS_OF_RELATIONS = frozenset({"aadd", "aclear", "aremove", "aset"})
QUERY_STEPS = frozenset(
    {
        "all",
        "annotate",
        "exclude",
        "filter",
        "iterator",
        "objects",
        "only",
        "order_by",
        "prefetch_related",
        "select_related",
        "values",
        "values_list",
    }
)


def _asynchronous(kind: type) -> Iterator[str]:
    """Methods such as `aget`, which are `get` on asgiref's thread."""
    for name, method in inspect.getmembers(kind, callable):
        waits = inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method)
        if waits and name.startswith("a") and hasattr(kind, name[1:]):
            yield name


ASYNC_METHODS = (
    ASYNC_METHODS_OF_RELATIONS
    | frozenset(_asynchronous(QuerySet))
    | frozenset(_asynchronous(Model))
    | frozenset(_asynchronous(SessionBase))
)


@dataclass(frozen=True)
class Escape:
    line: int
    what: str


def find_escapes(source: str, *, allowed: frozenset[str] = frozenset()) -> list[Escape]:
    """Every escape in a module, in the order of its lines, but for the names `allowed` there."""
    found = {
        Escape(getattr(node, "lineno", 0), what)
        for node in ast.walk(ast.parse(source))
        for what in _escapes_at(node)
        if what not in allowed
    }
    return sorted(found, key=lambda escape: (escape.line, escape.what))


def _escapes_at(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name() | ast.Attribute() | ast.alias():
            name = _last_name(node)
            if name in BRIDGES or (isinstance(node, ast.Attribute) and name in ASYNC_METHODS):
                yield name
        case ast.keyword(arg="thread_sensitive", value=value):
            if not (isinstance(value, ast.Constant) and value.value is True):
                yield "thread_sensitive=False"
        case ast.AsyncFor(iter=iterable) | ast.comprehension(iter=iterable, is_async=1):
            if _is_query(iterable):
                yield "async for over a query"
        case ast.Constant(value="DJANGO_ALLOW_ASYNC_UNSAFE" as name):
            yield name


def _last_name(node: ast.Name | ast.Attribute | ast.alias) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.name.rpartition(".")[2]


def _is_query(iterable: ast.expr) -> bool:
    steps = {part.attr for part in ast.walk(iterable) if isinstance(part, ast.Attribute)}
    return bool(steps & QUERY_STEPS)
