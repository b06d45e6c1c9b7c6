"""Values of the types that functions ask for, made of a hostile text."""

from __future__ import annotations

import collections.abc
import dataclasses
import enum
import inspect
import types
import typing
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from unittest.mock import create_autospec

import annotated_types
from pydantic import BaseModel, StringConstraints
from pydantic.fields import FieldInfo

from tests.hostile.borrowed import BARE, BORROWED, TEXTS_OF_ANYTHING, anything

# A text of a given length, always of the same kind.
Text = Callable[[int], str]

APPS = ("accounts", "concepts", "config", "connection_budget", "generation", "learning", "roadmaps")
_MANY = 5
_OURS = {*APPS, "tests"}
_SEQUENCES = (
    list, tuple, set, frozenset, collections.abc.Sequence, collections.abc.Iterable,
    collections.abc.Collection, collections.abc.Container, collections.abc.Iterator,
    collections.abc.Set,
)  # fmt: skip
_MAPPINGS = (
    dict, collections.OrderedDict, collections.abc.Mapping, collections.abc.MutableMapping,
)  # fmt: skip
_PLAIN: dict[Any, Any] = {
    int: 7, float: 7.0, bool: True, date: date(2030, 1, 1),
    datetime: datetime(2030, 1, 1, tzinfo=UTC), Decimal: Decimal(7), Fraction: Fraction(7),
    type(None): None, object: None, Any: None,
}  # fmt: skip


def _do_nothing(*_given: Any, **_options: Any) -> None:
    """For whatever is to be called."""


class CannotBuild(TypeError):
    """There is no value of such a type that a text could be put into."""


def holds_text(hint: Any, *, depth: int = 4) -> bool:
    """Whether a value of the type is, or holds, a text."""
    if hint in {str, bytes} or hint in BORROWED:
        return hint not in BARE
    if depth <= 0 or isinstance(hint, str | list):
        return False
    if typing.get_origin(hint) in _MAPPINGS and Any in typing.get_args(hint):
        return True
    if typing.get_origin(hint) in {typing.Literal, collections.abc.Callable, type}:
        return False
    parts = [part for part, _ in _fields(hint, depth=depth).values()] or typing.get_args(hint)
    return any(holds_text(part, depth=depth - 1) for part in parts)


def _fields(hint: Any, *, depth: int = 4) -> dict[str, tuple[Any, FieldInfo | None]]:
    """What one of our own classes is made of: those made of plain values, or by a constructor."""
    if not isinstance(hint, type) or hint.__module__.partition(".")[0] not in _OURS:
        return {}
    if issubclass(hint, BaseModel):
        return {name: (one.annotation, one) for name, one in hint.model_fields.items()}
    if typing.is_typeddict(hint) or (issubclass(hint, tuple) and hasattr(hint, "_fields")):
        return {name: (part, None) for name, part in typing.get_type_hints(hint).items()}
    return _made_of(hint, depth=depth) if _is_plain(hint) else {}


def _is_plain(hint: type) -> bool:
    """Whether it is ours alone: no row, no form, no widget of a library."""
    return hint.__module__.partition(".")[0] in _OURS and all(
        base.__module__.partition(".")[0] in _OURS
        or base in {object, typing.Generic}
        or issubclass(base, BaseException)
        for base in hint.__mro__
    )


def _made_of(hint: type, *, depth: int) -> dict[str, tuple[Any, FieldInfo | None]]:
    """What its constructor must be given, and whatever text it may be given."""
    made_by = (vars(base).get("__init__") for base in hint.__mro__[:-1])
    constructor = next((one for one in made_by if one), None)
    if constructor is None:
        return {}
    hints = typing.get_type_hints(constructor, include_extras=True)
    hints |= typing.get_type_hints(hint) if dataclasses.is_dataclass(hint) else {}
    return {
        name: (type(None) if name == "redis_url" else hints.get(name, str), None)
        for name, one in list(inspect.signature(constructor).parameters.items())[1:]
        if one.kind not in {one.VAR_KEYWORD, one.VAR_POSITIONAL}
        and (one.default is one.empty or _may_hold_text(hints.get(name, str), hint, depth=depth))
    }


def _may_hold_text(part: Any, whole: type, *, depth: int) -> bool:
    """What is made of others of its kind has an end somewhere: here at once."""
    return whole not in typing.get_args(part) and holds_text(part, depth=depth - 1)


def build(hint: Any, text: Text, length: int, *, is_whole: bool = True) -> Any:
    """A value with about `length` characters in it: one long text where `is_whole`, else many.

    Raises CannotBuild.
    """
    if (made := _build_plain(hint, text, length)) is not _UNKNOWN:
        return made
    if _fields(hint) or (isinstance(hint, type) and _is_plain(hint)):
        return _build_fields(hint, text, length, is_whole=is_whole)
    return _build_generic(hint, text, length, is_whole=is_whole)


_UNKNOWN = object()


def _build_plain(hint: Any, text: Text, length: int) -> Any:
    if hint is str:
        return text(length)
    if hint is bytes:
        return text(length).encode("utf-8", "replace")
    if hint in BORROWED:
        return BORROWED[hint](text(length))
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return next(iter(hint))
    if getattr(hint, "_is_protocol", False):
        return create_autospec(hint, instance=True)
    return _PLAIN.get(hint, _UNKNOWN)


def _build_generic(hint: Any, text: Text, length: int, *, is_whole: bool) -> Any:
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return build(parts[0], text, _at_most(parts[1:], length), is_whole=is_whole)
    if origin in {typing.Literal, collections.abc.Callable}:
        return parts[0] if origin is typing.Literal else _do_nothing
    if origin in {typing.Union, types.UnionType}:
        chosen = next((part for part in parts if holds_text(part)), parts[0])
        return build(chosen, text, length, is_whole=is_whole)
    if isinstance(hint, typing.TypeVar) or (isinstance(origin, type) and _is_plain(origin)):
        return build(origin or hint.__bound__ or str, text, length, is_whole=is_whole)
    if origin in _MAPPINGS:
        return _build_mapping(parts, text, length, is_whole=is_whole)
    if origin in _SEQUENCES:
        return _build_sequence(origin, parts, text, length, is_whole=is_whole)
    raise CannotBuild(str(hint))


def _build_mapping(parts: Any, text: Text, length: int, *, is_whole: bool) -> Any:
    """With one long name, or many short ones."""
    if parts[1] is Any and is_whole:
        return anything(text(length // TEXTS_OF_ANYTHING or 1))
    kind = str if parts[1] is Any else parts[1]
    if is_whole or parts[0] not in {str, Any}:
        half = length // 2 or 1
        return {build(parts[0], text, half): build(kind, text, half, is_whole=is_whole)}
    whole = text(length)
    return {
        f"{whole[place : place + 10]}{place}": build(kind, text, 10)
        for place in range(0, length, 30)
    }


def _build_sequence(origin: Any, parts: Any, text: Text, length: int, *, is_whole: bool) -> Any:
    if origin is tuple and parts[-1] is not Ellipsis:
        return tuple(build(part, text, length, is_whole=is_whole) for part in parts)
    if not is_whole and parts[0] is str:
        whole = text(length)
        items = [whole[place : place + 10] for place in range(0, length, 10)]
    else:
        many = 1 if parts[0] is str else _MANY
        items = [build(parts[0], text, length // many, is_whole=is_whole) for _ in range(many)]
    kind = {collections.abc.Set: set}.get(origin, origin)
    kind = kind if kind in {tuple, set, frozenset} else list
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
    try:
        return hint.model_construct(**values) if issubclass(hint, BaseModel) else hint(**values)
    except Exception as error:
        raise CannotBuild(f"{hint}: {error}") from error


def _at_most(limits: Any, length: int) -> int:
    """No longer than content may be: what is longer is refused before anybody looks at it."""
    for limit in limits:
        if isinstance(limit, StringConstraints | annotated_types.MaxLen) and limit.max_length:
            length = min(length, limit.max_length)
    return length
