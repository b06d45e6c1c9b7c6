"""The code of a tutorial: the lesson's script, what it promises, and the exercises with checks."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from concepts.markdown.signs import Sign, find_sign
from tests.generation.catalogue_entries import Entry

PROMISE = re.compile(r"^.*?# -> (?P<line>.*)$")
LESSON, ANSWER = "lesson.py", "answer.py"


@dataclass
class Exercise:
    """Python blocks by the part of the exercise they stand in; the first part is the task."""

    number: int
    title: str = ""
    parts: dict[Sign, list[str]] = field(default_factory=dict)

    def code(self, sign: Sign) -> str:
        return "\n".join(self.parts.get(sign, []))


@dataclass
class Lesson:
    blocks: list[str]
    exercises: list[Exercise]

    @property
    def script(self) -> str:
        return "\n".join(self.blocks)


def read_lesson(entry: Entry) -> Lesson:
    lesson = Lesson([], [])
    part: Sign | None = None
    for place, token in enumerate(entry.tokens):
        if token.type == "heading_open":
            heading = entry.tokens[place + 1].content
            part = enter_part(lesson.exercises, part, int(token.tag[1]), heading)
        elif token.type == "fence" and token.info == "python":
            _take(lesson, part, token.content)
    return lesson


def enter_part(
    exercises: list[Exercise], part: Sign | None, level: int, heading: str
) -> Sign | None:
    """Where a heading leads: an exercise goes on to the next one of its level or above."""
    sign = find_sign(level, heading)
    if sign is Sign.EXERCISE:
        title = heading.replace("：", ":").partition(":")[2].strip()
        exercises.append(Exercise(len(exercises) + 1, title))
        return sign
    return (sign or part) if part and level > 3 else None


def _take(lesson: Lesson, part: Sign | None, code: str) -> None:
    if part is None:
        lesson.blocks.append(code)
    else:
        lesson.exercises[-1].parts.setdefault(part, []).append(code)


def promises(script: str) -> Iterator[str]:
    """What its comments say that it prints, a line each."""
    for line in script.splitlines():
        if found := PROMISE.fullmatch(line):
            yield found["line"].strip()


def first_broken_promise(script: str, printed: str) -> str | None:
    """The first line promised that is not printed, in the order of the promises."""
    lines = iter(line.strip() for line in printed.splitlines())
    for promise in promises(script):
        pattern = ".*".join(re.escape(piece) for piece in promise.split("..."))
        if not any(re.fullmatch(pattern, line) for line in lines):
            return promise
    return None


def run_python(name: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", name],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
