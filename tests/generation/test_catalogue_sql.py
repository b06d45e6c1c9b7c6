"""The SQL of every built-in tutorial does what the page says, as often as it is typed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from concepts.markdown.signs import Sign
from tests.generation.catalogue_entries import ENTRIES, Entry, entries_of
from tests.generation.catalogue_rules import ground_of
from tests.generation.catalogue_scripts import Exercise
from tests.generation.catalogue_sql import Block, Terminals, first_broken_line, read_blocks
from tests.servers import ThrowAwayServer, postgres_programs
from tests.waiting import wait_until

SQL = [entry for entry in ENTRIES if ground_of(entry.roadmap).code == "sql"]
every_lesson = pytest.mark.parametrize("entry", SQL, ids=lambda entry: entry.concept.key)
# A step of the project stands on the steps before it, not on its lesson.
MILESTONE = "Milestone"
WAITING = "SELECT 1 FROM pg_stat_activity WHERE application_name = %s AND wait_event_type = 'Lock'"

Open = Callable[[], Terminals]


@pytest.fixture(scope="module")
def server() -> Iterator[ThrowAwayServer]:
    """Roles and settings of a lesson are for a whole server, and it is its learner's own. Nobody
    vacuums at a moment of their own choice, or plans would differ."""
    with ThrowAwayServer(autovacuum="off") as running:
        yield running


@pytest.fixture
def open_terminals(server: ThrowAwayServer) -> Iterator[Open]:
    """Each time in a new database; those before it are gone, with what their roles may do there."""
    made: list[str] = []

    def drop() -> None:
        while made:
            server.execute(f"DROP DATABASE {made.pop()} WITH (FORCE)")

    def wait_for(session: str) -> None:
        with server.connect() as watching:
            wait_until(lambda: watching.execute(WAITING, [session]).fetchone())

    def open_in_new_database() -> Terminals:
        drop()
        name = f"lesson_{uuid.uuid4().hex[:12]}"
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        made.append(name)
        return Terminals(postgres_programs() / "psql", server.url(database=name), wait_for)

    yield open_in_new_database
    drop()


def run(terminals: Terminals, blocks: list[Block]) -> list[str]:
    return [fault for block in blocks for fault in terminals.run(block)]


@pytest.mark.wide
@pytest.mark.slow
@every_lesson
def test_sql_typed_twice_prints_what_it_promises(entry: Entry, open_terminals: Open) -> None:
    blocks, _ = read_blocks(entry)
    with open_terminals() as first_time:
        assert run(first_time, blocks) == []
        assert run(first_time, blocks) == [], "the second time"


@every_lesson
def test_no_lesson_promises_that_its_own_sql_is_not_understood(entry: Entry) -> None:
    """An error may be the lesson. One that points into the statement (`LINE 1: …`) never is."""
    promises = [text for block in read_blocks(entry)[0] for _, text in block.promised]
    assert [text for text in promises if re.search(r"^LINE \d+: ", text, re.MULTILINE)] == []


def before(entry: Entry, exercise: Exercise) -> list[Block]:
    """What the learner has typed when they come to it: the lesson, or the project so far."""
    if not exercise.title.startswith(MILESTONE):
        return read_blocks(entry)[0]
    steps = [
        step
        for other in entries_of(entry.roadmap)
        for step in read_blocks(other)[1]
        if step.title.startswith(MILESTONE)
    ]
    done = steps[: [step.title for step in steps].index(exercise.title)]
    return [Block(step.code(Sign.SOLUTION)) for step in done]


@pytest.mark.wide
@pytest.mark.slow
@every_lesson
def test_a_check_in_sql_passes_the_solution_and_nothing_less(
    entry: Entry, open_terminals: Open
) -> None:
    """Also once it has failed: what it leaves behind must not stand in the way of the next try."""
    for exercise in read_blocks(entry)[1]:
        if Sign.CHECK in exercise.parts:
            known, check = before(entry, exercise), Block(exercise.code(Sign.CHECK))
            solution = Block(exercise.code(Sign.SOLUTION))
            for wrong_first in (False, True):
                with open_terminals() as terminals:
                    run(terminals, known)
                    assert not wrong_first or run(terminals, [check]) != [], exercise.title
                    assert run(terminals, [solution]) == []
                    assert run(terminals, [check]) == [], exercise.title


@pytest.mark.parametrize(
    ("printed", "breaks"),
    [
        (" n \n---\n 1\n(1 row)\n\n", False),
        ("INSERT 0 1\nNOTICE:  table is gone\n n \n---\n 1\n(1 row)\n", False),
        (" n \n---\n 2\n(1 row)\n", True),
        (" n \n---\n 1\n 1\n(2 rows)\n", True),
        (" n \n---\n", True),
        ("ERROR:  no such table\n", True),
        ("", True),
    ],
)
def test_what_psql_prints_is_what_was_promised_line_by_line(printed: str, breaks: bool) -> None:
    assert bool(first_broken_line(" n\n---\n 1\n(1 row)", printed)) is breaks


def test_dots_stand_for_what_differs_each_time_and_for_nothing_else() -> None:
    promised = "Scan (time=... rows=2)\n...\nPlanning: ...\n"
    assert first_broken_line(promised, "Scan (time=0.1 rows=2)\n a\n b\nPlanning: 3 ms") is None
    assert first_broken_line(promised, "Scan (time=0.1 rows=3)\n a\n b\nPlanning: 3 ms")
    assert first_broken_line(promised, "Scan (time=0.1 rows=2)\n a\n b\n")


def test_a_program_of_lessons_is_found_where_the_servers_programs_are() -> None:
    assert Path(postgres_programs() / "psql").is_file()
