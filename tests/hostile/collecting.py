"""Every regular expression and every function over texts that the project has, found by itself."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.hostile.building import APPS, holds_text


@dataclass(frozen=True)
class Pattern:
    name: str
    expression: re.Pattern[str]


def walk_modules(passed_over: Iterable[str]) -> Iterator[types.ModuleType]:
    """All modules, but for those whose names are, or stand below, the ones that are passed over."""
    for app in APPS:
        package = importlib.import_module(app)
        for found in pkgutil.walk_packages(package.__path__, f"{app}."):
            if not is_below(found.name, passed_over):
                yield importlib.import_module(found.name)


def is_below(name: str, others: Iterable[str]) -> bool:
    return any(name == other or name.startswith(f"{other}.") for other in others)


def find_patterns(module: types.ModuleType) -> Iterator[Pattern]:
    """Those a module holds, also in lists, mappings and classes."""
    for name, value in vars(module).items():
        for place, expression in _expressions(value, module.__name__, depth=3):
            yield Pattern(f"{module.__name__}.{name}{place}", expression)


def _expressions(value: Any, owner: str, *, depth: int) -> Iterator[tuple[str, re.Pattern[str]]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield "", value
        return
    for place, part in _parts(value, owner) if depth else ():
        for rest, expression in _expressions(part, owner, depth=depth - 1):
            yield f"{place}{rest}", expression


def _parts(value: Any, owner: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from ((f"[{key!r}]", part) for key, part in value.items())
    elif isinstance(value, list | tuple | set | frozenset):
        yield from ((f"[{place}]", part) for place, part in enumerate(value))
    elif isinstance(value, type) and value.__module__ == owner:
        yield from ((f".{key}", part) for key, part in vars(value).items())
    elif hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        yield from ((f".{key}", getattr(value, key)) for key in value.__dataclass_fields__)


def find_functions(module: types.ModuleType) -> Iterator[tuple[str, Any]]:
    """Those that a module defines, private ones and static ones of classes too, and that take a
    text or what is made of texts."""
    for name, value in list(vars(module).items()):
        if isinstance(value, type) and value.__module__ == module.__name__:
            for key, part in list(vars(value).items()):
                if isinstance(part, staticmethod | classmethod):
                    yield from _if_text(f"{module.__name__}.{name}.{key}", getattr(value, key))
        else:
            yield from _if_text(f"{module.__name__}.{name}", value, module.__name__)


def _if_text(name: str, value: Any, owner: str | None = None) -> Iterator[tuple[str, Any]]:
    function = inspect.unwrap(value) if callable(value) and not isinstance(value, type) else None
    if not isinstance(function, types.FunctionType | types.MethodType):
        return
    if owner not in {None, function.__module__} or inspect.iscoroutinefunction(function):
        return
    if any(holds_text(hint) for hint in parameters(function).values()):
        yield name, value


def parameters(function: Any) -> dict[str, Any]:
    """The types of what must be given; where nothing of that holds a text, of all that may be."""
    try:
        hints = typing.get_type_hints(function, include_extras=True)
    except (NameError, TypeError):
        return {}
    given = {
        name: parameter
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind not in {parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL}
    }
    required = {name for name, one in given.items() if one.default is one.empty}
    if any(holds_text(hints.get(name, Any)) for name in required):
        return {name: hints.get(name, Any) for name in given if name in required}
    return {name: hints.get(name, Any) for name in given}
