"""The SQL of every built-in tutorial does what the page says, as often as it is typed."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from concepts.markdown.signs import Sign
from config.embedded.binaries import postgres_programs
from tests.databases import database_url
from tests.generation.catalogue_entries import ENTRIES, Entry
from tests.generation.catalogue_rules import ground_of
from tests.generation.catalogue_scripts import Exercise
from tests.generation.catalogue_sql import Block, Terminals, first_broken_line, read_blocks
from tests.waiting import wait_until

SQL = [entry for entry in ENTRIES if ground_of(entry.roadmap).code == "sql"]
every_lesson = pytest.mark.parametrize("entry", SQL, ids=lambda entry: entry.concept.key)
# A step of the project stands on the steps before it, not on its lesson.
MILESTONE = "Milestone"
WAITING = "SELECT 1 FROM pg_stat_activity WHERE application_name = %s AND wait_event_type = 'Lock'"

Open = Callable[[], Terminals]


@pytest.fixture
def open_terminals(db: None) -> Iterator[Open]:
    """Each time in a new database of the server that the tests use; a learner has one, too."""
    made = []
    with psycopg.connect(database_url(), autocommit=True) as server:

        def wait_for(session: str) -> None:
            wait_until(lambda: server.execute(WAITING, [session]).fetchone())

        def open_in_new_database() -> Terminals:
            name = f"lesson_{uuid.uuid4().hex[:12]}"
            server.execute(f"CREATE DATABASE {name} TEMPLATE template0")
            made.append(name)
            url = urlsplit(database_url())._replace(path=f"/{name}").geturl()
            return Terminals(postgres_programs() / "psql", url, wait_for)

        yield open_in_new_database
        for name in made:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


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


def before(entry: Entry, exercise: Exercise) -> list[Block]:
    """What the learner has typed when they come to it."""
    if not exercise.title.startswith(MILESTONE):
        return read_blocks(entry)[0]
    number = milestones(entry).index(exercise.title)
    done = [one for _, one in _steps(entry)][:number]
    return [Block(one.code(Sign.SOLUTION)) for one in done]


def _steps(entry: Entry) -> list[tuple[Entry, Exercise]]:
    return [
        (other, exercise)
        for other in SQL
        if other.roadmap is entry.roadmap
        for exercise in read_blocks(other)[1]
        if exercise.title.startswith(MILESTONE)
    ]


def milestones(entry: Entry) -> list[str]:
    return [exercise.title for _, exercise in _steps(entry)]


@pytest.mark.wide
@pytest.mark.slow
@every_lesson
def test_a_check_in_sql_passes_the_solution_and_nothing_less(
    entry: Entry, open_terminals: Open
) -> None:
    for exercise in read_blocks(entry)[1]:
        if Sign.CHECK in exercise.parts:
            known, check = before(entry, exercise), Block(exercise.code(Sign.CHECK))
            for sign, fits in ((Sign.SOLUTION, True), (Sign.EXERCISE, False)):
                with open_terminals() as terminals:
                    run(terminals, known)
                    assert not fits or run(terminals, [Block(exercise.code(sign))]) == []
                    assert (run(terminals, [check]) == []) is fits, exercise.title


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
