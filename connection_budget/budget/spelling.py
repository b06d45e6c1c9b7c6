"""Variables that look like ours and are read by nobody: a size that was meant and is not held."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from connection_budget.budget.roles import Role

_QUANTITIES = ("connections", "processes", "instances")
_OF_THE_SERVER = (
    "DATABASE_POOLER",
    "DB_MAX_CONNECTIONS",
    "DB_POOLER_MAX_CLIENTS",
    "DB_POOLER_POOL_SIZE",
    "DB_RESERVED_CONNECTIONS",
)
_PREFIXES = ("ROLE_", "DB_", "DATABASE_POOL")
_LONGEST = 100
# One letter too few, too many or another one, of the shortest name that there is.
_CLOSE = 0.92


def find_misspelt(names: Iterable[str], roles: Iterable[Role]) -> Iterator[tuple[str, str]]:
    """Each with the name that was probably meant, or nothing where none is near.

    `ROLE_<X>_CONNECTIONS` and the like are ours, whatever stands between; all others are told only
    where they are nearly one of ours.
    """
    known = {role.variable(quantity) for role in roles for quantity in _QUANTITIES}
    known |= set(_OF_THE_SERVER)
    for name in sorted(set(names) - known):
        if len(name) > _LONGEST or not name.startswith(_PREFIXES):
            continue
        near = get_close_matches(name, known, n=1, cutoff=_CLOSE)
        if near or _is_a_size(name):
            yield name, near[0] if near else ""


def _is_a_size(name: str) -> bool:
    return name.startswith("ROLE_") and name.endswith(
        tuple(f"_{one.upper()}" for one in _QUANTITIES)
    )
