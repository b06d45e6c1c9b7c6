"""What statements cost, as the server counts it: rows looked at, pages touched."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

# A table with more rows is large.
LARGE = 1_000
_EXPLAINABLE = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|EXECUTE)\b", re.IGNORECASE)
# What is planned once comes with its plan, and then by name.
_PLANNED = re.compile(r"(PREPARE (\w+) .*);\n(EXECUTE .*)", re.DOTALL)
# A row of one's own leads to rows of three other tables: three levels of an index and a page each.
PAGES_A_ROW = 12
_VALUES = re.compile(r"'(?:[^']|'')*'|-?\b\d+\b")
_LISTS = re.compile(r"\((?:%s|NULL)(?:, ?(?:%s|NULL))*\)")


@dataclass(frozen=True)
class Cost:
    """One statement: how often this one came before in its path, pages, and what it read whole.
    `own`: how many rows are theirs whose path it is, or are listed on a page."""

    sql: str
    turn: int
    pages: int
    whole: tuple[str, ...]
    own: int = 0

    @property
    def name(self) -> tuple[str, int]:
        return self.sql, self.turn


def explain_all(path: Iterator[int | None], sizes: dict[str, int]) -> list[Cost]:
    """Each statement of a path, from its `yield` on, is explained, taken back, and then executed.

    All that is taken back in the end, and so is what came before the `yield`. What a path yields
    is how many rows somebody has of their own, or a page lists at most.
    """
    costs: list[Cost] = []
    own = 0
    seen: Counter[str] = Counter()

    def explain(
        execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        text = sql if isinstance(sql, str) else sql.as_string(connection.connection)
        planned = _PLANNED.fullmatch(text)
        text = planned[3] if planned else text
        if _EXPLAINABLE.match(text) and not many:
            # What comes without parameters has its values in it.
            name = _LISTS.sub("(…)", text if params else _VALUES.sub("%s", text))
            with _planning(planned):
                root = _explain(text, params)
            pages = root["Shared Hit Blocks"] + root["Shared Read Blocks"]
            costs.append(Cost(name, seen[name], pages, tuple(_read_whole(root, sizes)), own))
            seen[name] += 1
        return execute(sql, params, many, context)

    with transaction.atomic():
        own = next(path) or 0
        with connection.execute_wrapper(explain):
            for _ in path:
                raise AssertionError("a path has one yield")
        transaction.set_rollback(True)
    return costs


@contextmanager
def _planning(planned: re.Match[str] | None) -> Iterator[None]:
    """Nothing takes a plan back but to forget it."""
    if planned is None:
        yield
        return
    with connection.connection.cursor() as raw:
        raw.execute(planned[1])
        yield
        raw.execute(f"DEALLOCATE {planned[2]}")


def _explain(sql: str, params: Any) -> dict[str, Any]:
    """Executed between savepoints, past Django: a statement that fails will fail again."""
    with connection.connection.cursor() as raw:
        raw.execute("SAVEPOINT explained")
        try:
            raw.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
            ((plans,),) = raw.fetchall()
        finally:
            raw.execute("ROLLBACK TO SAVEPOINT explained")
    plan: dict[str, Any] = plans[0]["Plan"]
    return plan


def _read_whole(node: dict[str, Any], sizes: dict[str, int]) -> Iterator[str]:
    """Large tables of which more than half was looked at, and those that were read from end to
    end, however soon that ended."""
    loops = node["Actual Loops"]
    relation = node.get("Relation Name", "")
    size = sizes.get(relation, 0)
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    rows = (node["Actual Rows"] + removed) * loops
    if loops and size > LARGE and (node["Node Type"] == "Seq Scan" or rows > size / 2):
        yield f"{node['Node Type']} of {relation}: {rows:.0f} of {size} rows"
    for child in node.get("Plans", []):
        yield from _read_whole(child, sizes)


def table_sizes() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reltuples::int FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return dict(cursor.fetchall())


def complaints(small: list[Cost], grown: list[Cost]) -> list[str]:
    """What the statements of one path cost too much where others have much, too."""
    before = {cost.name: cost.pages for cost in small}
    found = []
    for cost in grown:
        bound = 3 * before.get(cost.name, 0) + 50 + PAGES_A_ROW * cost.own
        found += [f"{whole}\n    {cost.sql}" for whole in cost.whole]
        if cost.pages > bound:
            found.append(f"{cost.pages} pages, allowed {bound}\n    {cost.sql}")
    return found
