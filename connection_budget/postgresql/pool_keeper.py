"""Who keeps the connections of a pool, where others than its borrowers need their places."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from psycopg_pool import ConnectionPool

# Its threads are idle and end at once.
STOP_SECONDS = 1.0


class PoolKeeper:
    """The pool of one alias. It gives up whole, when nothing is borrowed: what it closes alone it
    would make anew at once."""

    in_lane = False
    in_unit = False
    is_pool = True
    is_shared = False
    is_wanted = False

    def __init__(self, alias: str, pools: MutableMapping[str, ConnectionPool[Any]]) -> None:
        self.alias = alias
        self._pools = pools

    def uses_at_rest(self) -> int | None:
        pool = self._pools.get(self.alias)
        if pool is None:
            return None
        counts = pool.get_stats()
        at_rest = counts["pool_size"] == counts["pool_available"]
        return counts.get("requests_num", 0) if at_rest else None

    def surrender(self) -> bool:
        if self.uses_at_rest() is None:
            return False
        pool = self._pools.pop(self.alias, None)
        if pool is not None:
            pool.close(timeout=STOP_SECONDS)
        return pool is not None

    def forget(self) -> None:
        """The pools of a parent are forgotten all together."""
