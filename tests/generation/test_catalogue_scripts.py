"""The code of every built-in tutorial does what the page says, as often as it is run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from concepts.markdown.signs import Sign
from tests.generation.catalogue_entries import ENTRIES, Entry, every_concept
from tests.generation.catalogue_scripts import (
    ANSWER,
    LESSON,
    Exercise,
    first_broken_promise,
    read_lesson,
    run_python,
)

CHECKED = [
    (entry, exercise)
    for entry in ENTRIES
    for exercise in read_lesson(entry).exercises
    if Sign.CHECK in exercise.parts
]
every_check = pytest.mark.parametrize(
    ("entry", "exercise"),
    [pytest.param(*pair, id=f"{pair[0].concept.key}-{pair[1].number}") for pair in CHECKED],
)


@pytest.mark.wide
@pytest.mark.slow
@every_concept
def test_a_script_runs_twice_and_prints_what_it_promises(entry: Entry, tmp_path: Path) -> None:
    script = read_lesson(entry).script
    (tmp_path / LESSON).write_text(script, encoding="utf-8")
    for _ in range(2):
        ended = run_python(LESSON, tmp_path)
        assert ended.returncode == 0, ended.stderr
        assert not re.search("Error|Warning", ended.stderr), ended.stderr
        assert first_broken_promise(script, ended.stdout) is None, ended.stdout


def run_check(entry: Entry, exercise: Exercise, answer: str, folder: Path) -> int:
    """As a learner does it: the lesson, the answer and the check lie in one folder."""
    (folder / LESSON).write_text(read_lesson(entry).script, encoding="utf-8")
    (folder / ANSWER).write_text(answer, encoding="utf-8")
    check = f"exercise-{exercise.number}.py"
    (folder / check).write_text(exercise.code(Sign.CHECK), encoding="utf-8")
    return run_python(check, folder).returncode


@pytest.mark.wide
@pytest.mark.slow
@every_check
def test_a_check_passes_the_solution_and_nothing_less(
    entry: Entry, exercise: Exercise, tmp_path: Path
) -> None:
    assert run_check(entry, exercise, exercise.code(Sign.SOLUTION), tmp_path) == 0
    assert run_check(entry, exercise, exercise.code(Sign.EXERCISE), tmp_path) == 1


@pytest.mark.parametrize(
    ("printed", "broken"),
    [
        ("2\n3\n", None),
        ("something else\n2\n3\n", None),
        ("2\n", "3"),
        ("3\n2\n", "3"),
        ("2 \n33\n", "3"),
    ],
)
def test_what_is_promised_is_printed_in_that_order(printed: str, broken: str | None) -> None:
    script = "print(1 + 1)  # -> 2\nprint(4)\nprint(3)\n# -> 3\n"
    assert first_broken_promise(script, printed) == broken


def test_three_dots_in_a_promise_stand_for_what_differs_each_time() -> None:
    script = '# -> {... "id": "a1"}'
    assert first_broken_promise(script, '{"time": "12:00", "id": "a1"}') is None
    assert first_broken_promise(script, '{"time": "12:00", "id": "b2"}') is not None
