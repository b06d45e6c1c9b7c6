"""Answers that are nearly right, most of which the checks of built-in exercises once let pass.

Each is the given solution with one thing changed that the exercise asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from concepts.markdown.signs import Sign
from tests.generation.catalogue_entries import ENTRIES, Entry
from tests.generation.catalogue_scripts import Exercise, read_lesson
from tests.generation.catalogue_sql import Block, read_blocks
from tests.generation.test_catalogue_scripts import run_check
from tests.generation.test_catalogue_sql import Open, before, open_terminals, run, server

__all__ = ["open_terminals", "server"]

# The concept, the number of the exercise, what its solution says and what it shall say instead.
Wrong = tuple[str, int, str, str]
IN_PYTHON: list[Wrong] = [
    ("asgi", 1, "        await asyncio.sleep(0)\n", ""),
    ("asgi", 1, "await asyncio.sleep(0)", "__import__('time').sleep(0)"),
    ("background-tasks", 1, "pk=order_id, ", ""),
    ("containers", 1, '("COPY package.json .", ["package.json"])', '("COPY package.json .", [])'),
    ("data-leakage", 2, "sum(before) / len", "sum(before) // len"),
    ("decision-trees", 2, "depth - 1, least),\n    }", "depth + 1, least),\n    }"),
    ("file-uploads", 1, 'first[:4] == b"RIFF" and ', ""),
    ("first-deploy", 1, "< 50", "<= 50"),
    ("forms", 1, "min_value=0", "min_value=1"),
    ("forms", 1, " and guests < 2", ""),
    ("indexes", 1, '["status", "day", "customer"]', '["customer", "status", "day"]'),
    ("linear-regression", 2, "sum(actual) / ", "sum(actual) // "),
    ("logistic-regression", 2, "2 * strength", "3 * strength"),
    ("middleware", 1, " * 1000", ""),
    ("model-forms", 1, 'cleaned.get("approved") and ', ""),
    (
        "models",
        1,
        "    starts = models.DateField(null=True",
        "    starts = models.DateField(null=False",
    ),
    ("other-frameworks", 1, " if regex.fullmatch(target)", ""),
    ("permissions", 1, ", pk=pk)", ")"),
    ("random-forests", 2, "> 0.5", ">= 0.5"),
    ("secrets-and-settings", 1, ' or " " in name', ""),
    ("select", 1, " ORDER BY title", ""),
    ("serialization", 1, ", max_length=100", ""),
    ("sessions", 1, " if old != item", ""),
    ("train-and-test", 2, "    random.Random(seed).shuffle(names)\n", ""),
    ("transactions", 1, "amount <= 0", "amount < 0"),
    ("uv-and-pyproject", 1, 'line.partition(";")[0]', "line"),
]
IN_SQL: list[Wrong] = [
    ("backups", 1, "> above", ">= above"),
    (
        "backups",
        1,
        """    WITH gone AS (DELETE FROM ticket WHERE price > above RETURNING *)
    INSERT INTO ticket_archive SELECT * FROM gone
""",
        """    INSERT INTO ticket_archive SELECT * FROM ticket WHERE price > above;
    DELETE FROM ticket WHERE price > above
""",
    ),
    ("btree", 1, "(sold, buyer_id)", "(buyer_id, sold)"),
    ("constraints", 1, "CHECK (amount > 0)", ""),
    ("constraints", 1, "daterange NOT NULL", "daterange"),
    ("full-text", 1, "ts_rank(search, question) DESC, id", "id"),
    ("full-text", 1, "DESC, id LIMIT", "DESC, id DESC LIMIT"),
    ("full-text", 2, "ts_rank(search, question) DESC, id", "id"),
    ("full-text", 2, "LIMIT 20", "LIMIT 50"),
    ("index-kinds", 1, "(id) WHERE cost > 45 AND state = 'done'", "(id) INCLUDE (cost, state)"),
    ("isolation", 1, " AND points >= 10", ""),
    ("joins", 1, " AND price > 30", ""),
    ("joins", 1, "price > 30", "price >= 30"),
    ("keys", 1, "NOT NULL UNIQUE", "NOT NULL"),
    ("locks", 1, " ORDER BY id", ""),
    ("locks", 1, " FOR UPDATE", ""),
    ("locks", 1, "FOR UPDATE", "FOR SHARE"),
    ("locks", 1, "FOR UPDATE", "FOR UPDATE SKIP LOCKED"),
    ("locks", 1, "WHERE id IN (2, 1) ", ""),
    ("migrations", 1, " NOT VALID", ""),
    ("migrations", 1, "ALTER TABLE ticket VALIDATE CONSTRAINT price_is_positive;", ""),
    ("pagination", 1, "(sold, id) > (at, last) ORDER BY sold, id", "id > last ORDER BY id"),
    ("partitioning", 2, "ON hall, seat, show, customer", "ON hall, seat, show"),
    ("psql", 1, "GENERATED ALWAYS AS IDENTITY ", ""),
    ("queues", 2, ", until = excluded.until", ""),
    ("roles", 1, " LOGIN", ""),
    ("roles", 1, "price) ON", "price), DELETE ON"),
    ("transactions", 1, "BEGIN;\n", ""),
    ("transactions", 1, "COMMIT", "ROLLBACK"),
    ("types", 1, "amount >= 0", "amount > 0"),
    ("windows", 1, "ORDER BY day, id ", "ORDER BY day, price DESC "),
    ("writing", 1, " AND amount >= $1", ""),
    ("writing", 1, ">= $1", "> $1"),
    ("writing", 2, "int8range(hall_id, hall_id, '[]') WITH &&, ", ""),
]


def find(key: str, code: str, number: int) -> tuple[Entry, Exercise]:
    for entry in ENTRIES:
        of_entry = read_blocks(entry)[1] if code == "sql" else read_lesson(entry).exercises
        for exercise in of_entry:
            if (entry.concept.key, exercise.number) == (key, number) and exercise.parts:
                return entry, exercise
    raise LookupError(key)


def changed(exercise: Exercise, old: str, new: str) -> str:
    solution = exercise.code(Sign.SOLUTION)
    assert old in solution, "the solution says it otherwise now"
    return solution.replace(old, new)


@pytest.mark.wide
@pytest.mark.slow
@pytest.mark.parametrize(("key", "number", "old", "new"), IN_PYTHON)
def test_a_check_in_python_finds_what_is_nearly_right(
    key: str, number: int, old: str, new: str, tmp_path: Path
) -> None:
    entry, exercise = find(key, "python", number)
    assert run_check(entry, exercise, changed(exercise, old, new), tmp_path) == 1


@pytest.mark.wide
@pytest.mark.slow
@pytest.mark.parametrize(("key", "number", "old", "new"), IN_SQL)
def test_a_check_in_sql_finds_what_is_nearly_right(
    key: str, number: int, old: str, new: str, open_terminals: Open
) -> None:
    entry, exercise = find(key, "sql", number)
    answer, check = changed(exercise, old, new), exercise.code(Sign.CHECK)
    with open_terminals() as terminals:
        run(terminals, before(entry, exercise))
        run(terminals, [Block(answer)])
        assert run(terminals, [Block(check)]) != []
