"""What a model wrapped around a text: thoughts, fences, courtesies. Pure."""

from __future__ import annotations

import re

from roadmaps.text import text_key

# What stands before the first heading or after the last line and is longer is no mere courtesy.
MAX_COURTESY = 400

_THINK = "think|thinking|thought|reasoning"
# In backticks such a tag is spoken of, not used.
_THOUGHT_OPENS = re.compile(rf"(?<!`)<({_THINK})>", re.IGNORECASE)
_THOUGHT_CLOSES = re.compile(rf"</(?:{_THINK})>(?!`)", re.IGNORECASE)
FENCE_LINE = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*")
_WRAPPERS = {"markdown", "md", "text", "txt", "plaintext"}
HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*?)[ \t]*#*[ \t]*")
_COURTESY = re.compile(
    r"\b(hope (this|that|you)|let me know|feel free|would you like|happy (learning|coding)|"
    r"if you (have|need|want)|(any )?questions\?|good luck|end of (the )?tutorial)\b"
    r"|希望(这|本|对|能|以上)|如(果|有).{0,12}(问题|疑问|需要)|祝(你|您)|欢迎(随时|继续)|本教程(到此|结束)",
    re.IGNORECASE,
)
Block = tuple[bool, list[str]]


def clean_tutorial(text: str, title: str = "") -> str:
    """The markdown a model meant: without its thoughts, a fence around all of it, courtesies
    before and after, and a first heading that only repeats the concept's title."""
    markdown = strip_thoughts(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    markdown = strip_thoughts(_unwrap(markdown)).strip()
    markdown = _drop_preface(markdown)
    markdown = _drop_closing(markdown)
    first, _, rest = markdown.partition("\n")
    heading = HEADING.fullmatch(first)
    if heading and (heading[1] == "#" or text_key(heading[2]) == text_key(title)):
        markdown = rest.strip()
    return markdown


def strip_thoughts(text: str) -> str:
    """Without `<think>…</think>` and its kin, also where either end was lost; code is kept."""
    text = _skip_first_thoughts(text)
    kept: list[str] = []
    for is_code, lines in split_blocks(text):
        part = "\n".join(lines)
        if not is_code:
            part = _drop_inner_thoughts(part)
            if closes := list(_THOUGHT_CLOSES.finditer(part)):
                # Its beginning was lost: all before it was thought.
                kept, part = [], part[closes[-1].end() :]
            if opens := _THOUGHT_OPENS.search(part):
                return "\n".join([*kept, part[: opens.start()]])
        kept.append(part)
    return "\n".join(kept)


def _skip_first_thoughts(text: str) -> str:
    """A model thinks before it answers, perhaps with code in its thoughts."""
    while opens := _THOUGHT_OPENS.match(text.lstrip()):
        rest = text.lstrip()[opens.end() :]
        # By the same name: these thoughts may hold code that speaks of others.
        closes = re.search(rf"</{opens[1]}>", rest, re.IGNORECASE)
        text = rest[closes.end() :] if closes else ""
    return text


def _drop_inner_thoughts(part: str) -> str:
    pieces, position = [], 0
    while opens := _THOUGHT_OPENS.search(part, position):
        closes = _THOUGHT_CLOSES.search(part, opens.end())
        if closes is None:
            break
        pieces.append(part[position : opens.start()])
        position = closes.end()
    return "".join([*pieces, part[position:]])


def split_blocks(text: str) -> list[Block]:
    """The lines in turns of prose and fenced code, fences included."""
    blocks: list[Block] = [(False, [])]
    fence = ""
    for line in text.split("\n"):
        mark = FENCE_LINE.fullmatch(line)
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


def _unwrap(markdown: str) -> str:
    """Take off a fence around the whole; inner fences of the same length may have confused it."""
    lines = markdown.split("\n")
    start = next((place for place, line in enumerate(lines) if FENCE_LINE.fullmatch(line)), None)
    if start is None or len("\n".join(lines[:start])) > MAX_COURTESY:
        return markdown
    mark = FENCE_LINE.fullmatch(lines[start])
    assert mark is not None
    if any(HEADING.fullmatch(line) for line in lines[:start]) or not _wraps(mark[2], lines[start:]):
        return markdown
    end = max(
        (place for place, line in enumerate(lines) if line.strip() == mark[1] and place > start),
        default=len(lines),
    )
    if len("\n".join(lines[end + 1 :])) > MAX_COURTESY:
        return markdown
    return "\n".join(lines[start + 1 : end]).strip()


def _wraps(label: str, lines: list[str]) -> bool:
    if label:
        return label.casefold() in _WRAPPERS
    return any(HEADING.fullmatch(line) for line in lines[1:3])


def _drop_preface(markdown: str) -> str:
    """Without a few words before the first heading, unless code or a list is among them."""
    before: list[str] = []
    for line in markdown.split("\n"):
        if HEADING.fullmatch(line):
            break
        if FENCE_LINE.fullmatch(line) or line.lstrip().startswith(("- ", "* ", "|", "1.")):
            return markdown
        before.append(line)
    else:
        return markdown
    preface = "\n".join(before)
    return markdown if len(preface) > MAX_COURTESY else markdown[len(preface) :].strip()


def _drop_closing(markdown: str) -> str:
    """Without a last paragraph that only says good-bye."""
    while True:
        body, gap, last = markdown.rpartition("\n\n")
        if not gap or not _says_nothing(last):
            return markdown
        markdown = body.rstrip()


def _says_nothing(paragraph: str) -> bool:
    if re.fullmatch(r"\s*([-*_])(\s*\1){2,}\s*", paragraph):
        return True
    is_short = len(paragraph) <= MAX_COURTESY and not paragraph.lstrip().startswith(("#", "`", "|"))
    return is_short and "\n" not in paragraph and bool(_COURTESY.search(paragraph))
