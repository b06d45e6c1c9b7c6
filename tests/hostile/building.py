"""Values of the types that functions ask for, made of a hostile text."""

from __future__ import annotations

import collections.abc
import dataclasses
import enum
import types
import typing
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import annotated_types
from pydantic import BaseModel, StringConstraints
from pydantic.fields import FieldInfo

# A text of a given length, always of the same kind.
Text = Callable[[int], str]

APPS = ("accounts", "concepts", "config", "connections", "generation", "learning", "roadmaps")
_MANY = 12
_OURS = {*APPS, "tests"}
_SEQUENCES = (
    list, tuple, set, frozenset, collections.abc.Sequence, collections.abc.Iterable,
    collections.abc.Collection, collections.abc.Container, collections.abc.Iterator,
    collections.abc.Set,
)  # fmt: skip
_MAPPINGS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)
_PLAIN: dict[Any, Any] = {
    int: 7, float: 7.0, bool: True, date: date(2030, 1, 1),
    datetime: datetime(2030, 1, 1, tzinfo=UTC), Decimal: Decimal(7),
    type(None): None, object: None, Any: None,
}  # fmt: skip


class CannotBuild(TypeError):
    """There is no value of such a type that a text could be put into."""


def holds_text(hint: Any, *, depth: int = 4) -> bool:
    """Whether a value of the type is, or holds, a text."""
    if hint in {str, bytes}:
        return True
    if not depth or isinstance(hint, str | list):
        return False
    if typing.get_origin(hint) in {typing.Literal, collections.abc.Callable, type}:
        return False
    parts = [part for part, _ in _fields(hint).values()] or typing.get_args(hint)
    return any(holds_text(part, depth=depth - 1) for part in parts)


def _fields(hint: Any) -> dict[str, tuple[Any, FieldInfo | None]]:
    """Of our own classes made of plain values."""
    if not isinstance(hint, type) or hint.__module__.partition(".")[0] not in _OURS:
        return {}
    if issubclass(hint, BaseModel):
        return {name: (one.annotation, one) for name, one in hint.model_fields.items()}
    if dataclasses.is_dataclass(hint) or (issubclass(hint, tuple) and hasattr(hint, "_fields")):
        return {name: (part, None) for name, part in typing.get_type_hints(hint).items()}
    return {}


def build(hint: Any, text: Text, length: int, *, is_whole: bool = True) -> Any:
    """A value with about `length` characters in it: one long text where `is_whole`, else many.

    Raises CannotBuild.
    """
    if hint is str:
        return text(length)
    if hint is bytes:
        return text(length).encode("utf-8", "replace")
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return next(iter(hint))
    if _fields(hint):
        return _build_fields(hint, text, length, is_whole=is_whole)
    return _build_generic(hint, text, length, is_whole=is_whole)


def _build_generic(hint: Any, text: Text, length: int, *, is_whole: bool) -> Any:
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return build(parts[0], text, _at_most(parts[1:], length), is_whole=is_whole)
    if origin is typing.Literal:
        return parts[0]
    if origin in {typing.Union, types.UnionType}:
        chosen = next((part for part in parts if holds_text(part)), parts[0])
        return build(chosen, text, length, is_whole=is_whole)
    if origin in _MAPPINGS:
        return {
            build(parts[0], text, length // 2 or 1): build(
                parts[1], text, length // 2 or 1, is_whole=is_whole
            )
        }
    if origin in _SEQUENCES:
        return _build_sequence(origin, parts, text, length, is_whole=is_whole)
    raise CannotBuild(str(hint))


def _build_sequence(origin: Any, parts: Any, text: Text, length: int, *, is_whole: bool) -> Any:
    if origin is tuple and parts[-1] is not Ellipsis:
        return tuple(build(part, text, length, is_whole=is_whole) for part in parts)
    if not is_whole and parts[0] is str:
        whole = text(length)
        items = [whole[place : place + 10] for place in range(0, length, 10)]
    else:
        many = 1 if parts[0] is str else _MANY
        items = [build(parts[0], text, length // many, is_whole=is_whole) for _ in range(many)]
    kind = origin if origin in {tuple, set, frozenset} else list
    return iter(items) if origin is collections.abc.Iterator else kind(items)


def _build_fields(hint: Any, text: Text, length: int, *, is_whole: bool) -> Any:
    fields = _fields(hint)
    texts = sum(holds_text(part) for part, _ in fields.values())
    values = {
        name: build(
            part,
            text,
            _at_most(info.metadata if info else (), length // max(texts, 1)),
            is_whole=is_whole,
        )
        for name, (part, info) in fields.items()
    }
    return hint.model_construct(**values) if issubclass(hint, BaseModel) else hint(**values)


def _at_most(limits: Any, length: int) -> int:
    """No longer than content may be: what is longer is refused before anybody looks at it."""
    for limit in limits:
        if isinstance(limit, StringConstraints | annotated_types.MaxLen) and limit.max_length:
            length = min(length, limit.max_length)
    return length
