"""Whether a limit in dollars can be kept: whoever knows prices says so, from further left."""

from __future__ import annotations

from collections.abc import Callable

# Each says what is to be done first, or nothing.
checks: list[Callable[[], str]] = []


def why_not() -> str:
    """Empty where nothing is known against it."""
    return next((said for check in checks if (said := check())), "")
