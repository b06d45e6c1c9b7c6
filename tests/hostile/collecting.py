"""Every regular expression and every function over texts that the project has, found by itself."""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
import re
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.hostile.building import APPS, holds_text


@dataclass(frozen=True)
class Pattern:
    name: str
    expression: re.Pattern[str]


@dataclass(frozen=True)
class Function:
    name: str
    function: Callable[..., Any]
    takes: dict[str, Any]


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


def find_functions(module: types.ModuleType) -> Iterator[Function]:
    """Those that a module defines and that take a text or what is made of texts: private ones,
    those of its classes, and those that stand in its lists and mappings."""
    seen: set[Any] = set()
    for name, value in list(vars(module).items()):
        for place, part, owner in _callables(value, module.__name__, depth=3):
            function = inspect.unwrap(part)
            if function in seen or not _is_called_at_once(function, module.__name__):
                continue
            seen.add(function)
            takes = parameters(function, owner)
            if any(holds_text(hint) for hint in takes.values()):
                yield Function(f"{module.__name__}.{name}{place}", function, takes)


def _is_called_at_once(function: Any, module: str) -> bool:
    """Whether it is the module's own, and nobody has to wait for it: what a coroutine does to its
    texts is done by the functions that it calls."""
    return (
        isinstance(function, types.FunctionType | types.MethodType)
        and function.__module__ == module
        and function.__code__.co_filename != "<string>"
        and not inspect.iscoroutinefunction(function)
        and not inspect.isasyncgenfunction(function)
    )


def _callables(value: Any, module: str, *, depth: int) -> Iterator[tuple[str, Any, type | None]]:
    """With the class where one is called on something."""
    if isinstance(value, type):
        if value.__module__ == module:
            yield from _methods(value)
    elif callable(value):
        yield "", value, None
    elif depth:
        for place, part in _parts(value, module):
            for rest, function, owner in _callables(part, module, depth=depth - 1):
                yield f"{place}{rest}", function, owner


def _methods(value: type) -> Iterator[tuple[str, Any, type | None]]:
    for name, part in list(vars(value).items()):
        if isinstance(part, staticmethod | classmethod):
            yield f".{name}", getattr(value, name), None
        elif isinstance(part, property):
            yield f".{name}", part.fget, value
        elif isinstance(part, functools.cached_property):
            yield f".{name}", part.func, value
        elif callable(part):
            yield f".{name}", part, value


def parameters(function: Any, owner: type | None = None) -> dict[str, Any]:
    """The types of what must be given; where nothing of that holds a text, of all that may be.

    `owner` is what it is called on. What says no type (`lambda text: …`) is given a text.
    """
    hints = _hints(function)
    given = {
        name: parameter
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind not in {parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL}
    }
    if owner is not None and given:
        hints[next(iter(given))] = owner
    takes = {name: hints.get(name, str) for name in given}
    required = {name: takes[name] for name, one in given.items() if one.default is one.empty}
    return required if any(holds_text(hint) for hint in required.values()) else takes


def _hints(function: Any) -> dict[str, Any]:
    """Those that only the type checker can read (`Manager[User]`) stay as they are written."""
    try:
        return typing.get_type_hints(function, include_extras=True)
    except (NameError, TypeError):
        names = inspect.unwrap(function).__globals__
        return {
            name: _read(written, names) if isinstance(written, str) else written
            for name, written in function.__annotations__.items()
        }


def _read(written: str, names: dict[str, Any]) -> Any:
    try:
        return eval(written, names)  # noqa: S307 - our own annotations
    except (NameError, TypeError):
        return written
