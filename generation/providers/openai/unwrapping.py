"""What a model wrapped around a tutorial: our two marks, thoughts, a fence. Pure."""

from __future__ import annotations

import re

from concepts.markdown.blocks import FENCE_LINE, HEADING, heading_text, split_blocks
from generation.port.characters import whole_characters
from generation.providers.thoughts.stripping import strip_thoughts
from roadmaps.text import text_key

# What stands around a fenced tutorial and is longer belongs to it.
MAX_AROUND = 400

# The lines that `prompts/tutorial.md` asks for, as models write them: in bold, in code.
_AROUND = r"[\s#>*_`]{0,9}"
_BEGIN = re.compile(rf"\A{_AROUND}={{2,9}} ?tutorial ?={{2,9}}{_AROUND}\Z", re.IGNORECASE)
_END = re.compile(rf"\A{_AROUND}={{2,9}} ?end(?: of tutorial)? ?={{2,9}}{_AROUND}\Z", re.IGNORECASE)
# The beginning of such a line, of a thought, or of a fence's end.
_MAY_BECOME_MARK = re.compile(
    rf"\A{_AROUND}(?:(?:={{1,9}} ?[a-z ]{{0,20}}={{0,9}}{_AROUND})?|[<|\[◁][^>\]▷]{{0,40}})\Z",
    re.IGNORECASE,
)
# A longer line is none of them.
_MARK_MAX_CHARACTERS = 60

_WRAPPERS, _PLAIN = {"markdown", "md"}, {"", "text", "txt", "plaintext"}
_STRUCTURE = re.compile(r"\A\s*([-*+>|]|\d+[.)])(\s|$)|\A\s*\|")
_RULE = re.compile(r"\s*([-*_])(\s*\1){2,}\s*")


def clean_tutorial(text: str, title: str = "") -> str:
    """The markdown a model meant: what stands between our marks, or else the whole; without its
    thoughts, a fence around all of it, and a first heading that only repeats the title."""
    markdown = strip_thoughts(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    markdown = _between_marks(markdown).strip()
    markdown = strip_thoughts(_unwrap(markdown)).strip()
    first, _, rest = markdown.partition("\n")
    return rest.strip() if _repeats_title(first, title) else markdown


def _repeats_title(line: str, title: str) -> bool:
    heading = HEADING.fullmatch(line)
    if heading is None:
        return False
    return heading[1] == "#" or text_key(heading_text(heading)) == text_key(title)


def growing_tutorial(text: str, title: str = "") -> str:
    """What of a text that is still being written is the tutorial so far: only what stands after
    our mark, and nothing without it.

    Held back is what may yet turn out to be none of it: the first line, which may be the title; a
    last line that may become a mark.
    """
    text = whole_characters(text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = strip_thoughts(text).split("\n")
    if _MAY_BECOME_MARK.match(lines[-1]):
        lines = [*lines[:-1], ""]
    begin = max((place for place, line in enumerate(lines) if _is(_BEGIN, line)), default=None)
    if begin is None:
        return ""
    markdown = _between_marks("\n".join(lines[begin:])).lstrip("\n")
    markdown = strip_thoughts(_unwrap_open(markdown)).lstrip()
    first, line_break, rest = markdown.partition("\n")
    if not line_break:
        return ""
    return rest.lstrip() if _repeats_title(first, title) else markdown


def _unwrap_open(markdown: str) -> str:
    """Take off a fence around the whole although its end has not come, or has come just now."""
    lines = markdown.rstrip("\n").split("\n")
    mark = FENCE_LINE.fullmatch(lines[0])
    if not mark or len(lines) < 4 or not _wraps(mark[2], lines):
        return markdown if not mark or len(lines) >= 4 else ""
    *inner, last = lines[1:]
    return "\n".join([*inner, ""]) if last.strip() == mark[1] else markdown[len(lines[0]) + 1 :]


def _between_marks(markdown: str) -> str:
    """From the last beginning, for what came before was a draft, to the end after it. Where a model
    forgot one of the two, to the end of the whole, or from its beginning."""
    lines = markdown.split("\n")
    begins = [place for place, line in enumerate(lines) if _is(_BEGIN, line)]
    ends = [place for place, line in enumerate(lines) if _is(_END, line)]
    begin = max((place for place in begins if place < max(ends, default=len(lines))), default=-1)
    end = min((place for place in ends if place > begin), default=len(lines))
    return "\n".join(lines[begin + 1 : end])


def _is(mark: re.Pattern[str], line: str) -> bool:
    return len(line) <= _MARK_MAX_CHARACTERS and mark.match(line) is not None


def _unwrap(markdown: str) -> str:
    """Take off a fence around the whole, with a few words before and after it."""
    lines = markdown.split("\n")
    start = next((place for place, line in enumerate(lines) if FENCE_LINE.fullmatch(line)), None)
    if start is None:
        return markdown
    mark = FENCE_LINE.fullmatch(lines[start])
    assert mark is not None
    if not _is_aside(lines[:start], mark[2]) or not _wraps(mark[2], lines[start:]):
        return markdown
    for end in _ends_of_wrapper(lines, start, mark[1]):
        after = lines[end + 1 :]
        is_short = len("\n".join(after)) <= MAX_AROUND
        if is_short and not any(map(_is_structure, after)) and _is_whole(lines[start + 1 : end]):
            return "\n".join(lines[start + 1 : end]).strip()
    return markdown


def _is_aside(before: list[str], label: str) -> bool:
    """Whether it is no part of the tutorial: nothing, or a few words before what is called one."""
    said = [line for line in before if line.strip() and not _RULE.fullmatch(line)]
    is_short = len("\n".join(said)) <= MAX_AROUND and not any(map(_is_structure, said))
    return not said or (is_short and label.casefold() in _WRAPPERS)


def _ends_of_wrapper(lines: list[str], start: int, fence: str) -> list[int]:
    """Where it may end: at the last fence like its own, or nowhere if the model forgot that. Then
    the next fence must be one that opens, or else it is the end of a block that starts the text."""
    closing = [place for place, line in enumerate(lines) if line.strip() == fence and place > start]
    marks = (FENCE_LINE.fullmatch(line) for line in lines[start + 1 :])
    inner = next((mark for mark in marks if mark), None)
    return [*closing[-1:], *([len(lines)] if inner is None or inner[2] else [])]


def _is_whole(inner: list[str]) -> bool:
    """Whether no code block is torn, as by taking an inner fence for the wrapper's own."""
    (*_, (is_code, last)) = split_blocks("\n".join(inner))
    return not is_code or (len(last) > 1 and FENCE_LINE.fullmatch(last[-1]) is not None)


def _wraps(label: str, lines: list[str]) -> bool:
    """Models name it markdown. Under another label, or none, it may be an example's output."""
    if label.casefold() in _WRAPPERS:
        return True
    return label.casefold() in _PLAIN and any(HEADING.fullmatch(line) for line in lines[1:3])


def _is_structure(line: str) -> bool:
    return bool(HEADING.fullmatch(line) or FENCE_LINE.fullmatch(line) or _STRUCTURE.match(line))
