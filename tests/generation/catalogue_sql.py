"""The SQL of a tutorial, typed into psql: one process a session, in a database of its own.

A block whose first line is `-- session B` goes to that session; `-- session B, waits` also says
that it must be waiting for a lock before the next block is typed. A `text` block right after one
is what psql prints; one that begins with `session B:` is what that session prints when its wait is
over.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from concepts.markdown.signs import Sign
from tests.generation.catalogue_entries import Entry
from tests.generation.catalogue_scripts import Exercise, enter_part

_SESSION = re.compile(r"-- session (?P<name>\w+)(?P<waits>, waits)?$", re.MULTILINE)
_LATER = re.compile(r"session (?P<name>\w+):\n")
# What psql tells of a statement that worked. A lesson shows it where it matters.
_TAG = re.compile(
    r"((CREATE|ALTER|DROP|REFRESH|COMMENT|GRANT|REVOKE|SET|RESET|ANALYZE|VACUUM|TRUNCATE|BEGIN|START"
    r"|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|INSERT|UPDATE|DELETE|MERGE|COPY|DO|CALL|LOCK|DISCARD|LISTEN"
    r"|NOTIFY|PREPARE|EXECUTE|DEALLOCATE|CLUSTER|REINDEX|SECURITY)\b[A-Z0-9 ]*|NOTICE:  .*|)"
)
_END = "--- that was block"


@dataclass
class Block:
    sql: str
    session: str = "A"
    waits: bool = False
    promised: list[tuple[str, str]] = field(default_factory=list)


def read_blocks(entry: Entry) -> tuple[list[Block], list[Exercise]]:
    """Those of the lesson with what they promise; and the exercises."""
    blocks: list[Block] = []
    exercises: list[Exercise] = []
    part: Sign | None = None
    after_sql = False
    for place, token in enumerate(entry.tokens):
        if token.type == "heading_open":
            part = enter_part(exercises, part, int(token.tag[1]), entry.tokens[place + 1].content)
        if token.type == "fence" and token.info == "sql":
            if part is None:
                blocks.append(_block(token.content))
            else:
                exercises[-1].parts.setdefault(part, []).append(token.content)
        elif token.type == "fence" and token.info == "text" and after_sql and part is None:
            blocks[-1].promised.append(_promise(token.content, blocks[-1].session))
        after_sql = token.type == "fence" and token.info == "sql"
    return blocks, exercises


def _block(sql: str) -> Block:
    named = _SESSION.match(sql)
    return Block(sql, named["name"], bool(named["waits"])) if named else Block(sql)


def _promise(text: str, session: str) -> tuple[str, str]:
    later = _LATER.match(text)
    return (later["name"], text[later.end() :]) if later else (session, text)


def first_broken_line(promised: str, printed: str) -> str | None:
    """What stands in place of the first line that differs; None where nothing differs.

    Three dots stand for what differs each time, alone on a line for any number of lines.
    """
    wanted = [line.rstrip() for line in promised.splitlines() if line.strip()]
    skips = False
    for line in (line.rstrip() for line in printed.splitlines()):
        while wanted and wanted[0] == "...":
            wanted.pop(0)
            skips = True
        if wanted and re.fullmatch(".*".join(map(re.escape, wanted[0].split("..."))), line):
            wanted.pop(0)
            skips = False
        elif not skips and not _TAG.fullmatch(line):
            return f"{line!r} instead of {wanted[0] if wanted else 'the end'!r}"
    left = [line for line in wanted if line != "..."]
    return f"the end instead of {left[0]!r}" if left else None


class Session:
    """One psql, as somebody at a terminal has it."""

    def __init__(self, program: Path, url: str, name: str) -> None:
        self._blocks = 0
        self._child = subprocess.Popen(
            [str(program), "-X", url],
            env={
                "PGAPPNAME": f"session {name}",
                "PGTZ": "UTC",
                "PGCLIENTENCODING": "UTF8",
                "PGOPTIONS": "-c statement_timeout=100s",
                "LC_ALL": "C.UTF-8",
                "PAGER": "",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )

    def type(self, sql: str) -> None:
        self._blocks += 1
        stdin = _open(self._child.stdin)
        stdin.write(f"{sql.strip()}\n\\echo '{_END}' {self._blocks}\n")
        stdin.flush()

    def read(self) -> str:
        """Up to the end of the last block."""
        lines = []
        for line in _open(self._child.stdout):
            if line.startswith(f"{_END} {self._blocks}"):
                break
            if not line.startswith(_END):
                lines.append(line)
        return "".join(lines)

    def close(self) -> None:
        _open(self._child.stdin).close()
        _open(self._child.stdout).close()
        self._child.wait(timeout=100)


def _open(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


class Terminals:
    """The sessions of one lesson. `wait_for` returns when the session of that name waits."""

    def __init__(self, program: Path, url: str, wait_for: Callable[[str], None]) -> None:
        self._program, self._url, self._wait_for = program, url, wait_for
        self._sessions: dict[str, Session] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for session in self._sessions.values():
            session.close()

    def run(self, block: Block) -> Iterator[str]:
        """What was promised and is not so."""
        session = self._session(block.session)
        session.type(block.sql)
        if block.waits:
            self._wait_for(f"session {block.session}")
        for name, text in block.promised:
            if broken := first_broken_line(text, self._session(name).read()):
                yield f"{broken}\n{block.sql}"
        if not block.promised and not block.waits:
            yield from self._errors(session.read(), block)

    def _session(self, name: str) -> Session:
        if name not in self._sessions:
            self._sessions[name] = Session(self._program, self._url, name)
        return self._sessions[name]

    @staticmethod
    def _errors(printed: str, block: Block) -> Iterator[str]:
        if re.search(r"^(ERROR|FATAL|WARNING):", printed, re.MULTILINE):
            yield f"{printed}\n{block.sql}"
