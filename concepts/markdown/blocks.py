"""Markdown as lines: headings, fences, turns of prose and code. Pure."""

from __future__ import annotations

import re

FENCE_LINE = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*")
HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*)")
Block = tuple[bool, list[str]]


def heading_text(heading: re.Match[str]) -> str:
    """What a heading says: hashes may close it, too.

    An expression that looked for them would look through all spaces of a line from each of them.
    """
    said = heading[2].rstrip(" \t")
    return said.rstrip("#").rstrip(" \t") or said


def split_blocks(text: str) -> list[Block]:
    """The lines in turns of prose and fenced code, fences included."""
    blocks: list[Block] = [(False, [])]
    fence = ""
    for line in text.split("\n"):
        mark = FENCE_LINE.fullmatch(line) if "```" in line or "~~~" in line else None
        if fence:
            blocks[-1][1].append(line)
            if mark and mark[1].startswith(fence) and not mark[2]:
                fence = ""
                blocks.append((False, []))
        elif mark:
            fence = mark[1]
            blocks.append((True, [line]))
        else:
            blocks[-1][1].append(line)
    return [block for block in blocks if block[1]]
