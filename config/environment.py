"""Reading numbers from the environment, refused by name where they are none."""

from __future__ import annotations

from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured
from environ import FileAwareEnv

Number = TypeVar("Number", int, float)


def positive_number(env: FileAwareEnv, name: str, default: Number, *, kind: type[Number]) -> Number:
    """The number above zero that `name` holds. Raises ImproperlyConfigured."""
    text: str = env.str(name, default=str(default)) or str(default)
    try:
        value = kind(text)
    except ValueError:
        value = kind(0)
    if not value > 0:
        wanted = "a whole number" if kind is int else "a number"
        raise ImproperlyConfigured(f"{name} is “{text}”; it must be {wanted} above zero.")
    return value
