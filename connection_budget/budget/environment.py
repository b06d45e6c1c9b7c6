"""Whole numbers read from the environment, refused with a sentence an operator can act on."""

import re
from collections.abc import Mapping

# What `int` reads besides (1_0, digits of other scripts) is rather a slip; more digits are no size.
_DIGITS = re.compile(r"[+-]?[0-9]{1,9}")
MOST_SHOWN = 40


class VariableError(ValueError):
    """A variable holds something we cannot work with.

    The message names the variable, its value and what is wanted.
    """

    def __init__(self, variable: str, value: object, wanted: str) -> None:
        super().__init__(f"{variable}={value}: {wanted}")
        self.variable = variable


def whole_number(
    environ: Mapping[str, str],
    variable: str,
    *,
    default: int,
    least: int,
    error: type[VariableError] = VariableError,
) -> int:
    """Read `variable`; unset or blank means `default`. Raises `error` below `least`."""
    text = environ.get(variable, "").strip()
    if not text:  # compose files pass an unset variable on as an empty string
        return default
    wanted = f"a whole number, {least} or more, is wanted"
    if not _DIGITS.fullmatch(text):
        raise error(variable, repr(text[:MOST_SHOWN]), wanted)
    number = int(text)
    if number < least:
        raise error(variable, number, wanted)
    return number
