"""What a single line of a skeleton is, as models and people write it. Pure.

A field (`title: …`), an item (a heading, a line in bold, a bullet, a number), or nothing of a plan.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from generation.port.skeleton import FIELD_NAMES
from roadmaps.title_words import CONCEPTS, MODULES, STAGES

# Longer lines are neither fields nor items but for their beginning: the rest is never searched.
_LONGEST_MARK = 80

_AROUND = r"[\s>*_`•-]{0,9}"
_NAMES = "|".join(FIELD_NAMES)
_FIELD = re.compile(
    rf"{_AROUND}(?P<name>{_NAMES}){_AROUND}[:：](?:\*\*|__|`)?(?P<value>.*)",
    re.IGNORECASE,
)
_NAME_ALONE = re.compile(rf"(?P<name>{_NAMES})\s?[:：]?", re.IGNORECASE)
# Around a whole line: `title: …`, **title: …**.
_MARKS = ("**", "__", "`")
_HEADING = re.compile(r"[ \t]{0,12}(?P<hashes>#{1,6})(?P<title>[^#].*)")
_CLOSED = re.compile(r"(?<=\s)#{1,6}\Z")
_BULLET = re.compile(
    r"(?P<indent>[ \t]{0,40})(?:[-*+•‣▪◦·–—−●○■□▸►➤→⇒✓✔∙][ \t]{1,9}|[-•‣▪◦●○■□▸►➤→⇒✓✔](?=\w))"
    r"(?P<title>.*)"
)
_NUMBER = re.compile(
    r"(?P<indent>[ \t]{0,40})(?P<number>\d{1,3}(?:\.\d{1,3}){0,4})"
    r"(?:[.)、．]{1,2}(?:[ \t]{1,9}|(?=[^\W\d_]))|(?:(?<=\.\d)|(?<=\.\d\d))[ \t]{1,9})"
    r"(?P<title>.*)"
)
# I. A. 1. a), (1), (a) and (ii), as far as the one above has not read it.
_LETTER = re.compile(
    r"(?P<indent>[ \t]{0,40})\(?(?P<number>[A-Za-z]|[IVXivx]{2,5}|(?<=\()\d{1,3})[.)][ \t]{1,9}"
    r"(?P<title>.*)"
)
_BOX = re.compile(r"\[(?P<mark>[ xX✓✔]?)\](?:[ \t]{1,3}|\Z)")
_BOLD_HEAD = re.compile(r"[ \t]{0,12}(?:\*\*|__)(?P<title>[^*]{1,300})(?:\*\*|__)\s{0,3}[:：]?\s*")
# “**Stage 1: Knots** (a week)”
_BOLD_BEGINNING = re.compile(r"[ \t]{0,12}(?:\*\*|__)(?P<title>[^*]{1,300})(?:\*\*|__)")
_BOLD_FIRST = re.compile(
    r"\*\*(?=[^\s*])(?P<title>[^*]{1,300})(?<=[^\s*])\*\*"
    r"(?:(?<=[:：]\*\*)(?=\s)|\s?(?:[:：–—]|\s-\s)).*"
)
_PLACE = r"(?:\d{1,3}(?:\.\d{1,3}){0,2}|[IVX]{1,5}|[A-H]|[一二三四五六七八九十]{1,3})(?![^\W_])"
_WORDS = sorted(STAGES | MODULES | CONCEPTS, key=len, reverse=True)
_UNSPACED = [word for word in _WORDS if word[0] >= "\u3040"]
# Stage 1:, Étape 2 –, 模块一：
_NUMBERED = rf"(?P<label>{'|'.join(_WORDS)})(?:\s|(?<=[\u3040-\uffff])){_PLACE}(?=\s?[:：.、–—*_-])"
# 第一阶段：, 第2章 , 제1장 , 1단계:
_COUNTED = (
    r"[第제]?\s?(?:\d{1,3}|[一二三四五六七八九十]{1,3})\s?"
    rf"(?P<label_after>{'|'.join(_UNSPACED)})(?![^\W_])"
)
_LABELLED = rf"{_NUMBERED}|{_COUNTED}"
_LABEL = re.compile(
    rf"\A[ \t]{{0,12}}(?P<name>(?:{_LABELLED}))\s?(?:[:：.、–—-]\s?|\s)(?=\S)",
    re.IGNORECASE,
)
# “**Stage 1:** Knots”, “- **Stage 1**: Knots”: the name of the place alone is in bold.
_BOLD_LABEL = re.compile(
    rf"(?P<before>[ \t]{{0,40}}(?:[-*+•][ \t]{{1,9}})?)(?:\*\*|__)\s?"
    rf"(?P<name>{_LABELLED})\s?[:：.、–—-]?\s?(?:\*\*|__)\s?[:：.、–—-]?\s?(?=\S)",
    re.IGNORECASE,
)
_RULE = re.compile(r"[ \t]*(?:[-*_=][ \t]*){3,}\Z")
_FENCE = re.compile(r"[ \t]{0,12}(?:`{3,}|~{3,})[^`]*\Z")

# How deep an item lies by its mark alone: headings by their hashes, then these, then bullets.
LABELLED_STAGE, LABELLED_MODULE, BOLD, BULLETS = 7, 8, 9, 10
# A bullet lies below any number (2.1.3 has three parts) that stands as far left.
_OF_BULLETS = 9


@dataclass(frozen=True)
class Field:
    name: str
    value: str


@dataclass(frozen=True)
class Item:
    """`rank` of a heading says how deep it lies; bullets (`BULLETS`) are told by `indent` and
    `parts`, beside those around them."""

    rank: int
    title: str
    indent: int = 0
    parts: int = 0
    is_known: bool = False


def read_field(line: str) -> Field | None:
    """A field, perhaps as a heading or in bold; no item of a list."""
    heading = _HEADING.match(line)
    if heading and _CLOSED.search(line.rstrip()[-_LONGEST_MARK:]):
        return None
    text = heading["title"].strip() if heading else line
    found = _FIELD.match(text)
    if found:
        return Field(FIELD_NAMES[found["name"].lower()], _unmarked(text, found["value"].strip()))
    bare = text.strip().strip("*_`").strip() if len(text) <= _LONGEST_MARK else ""
    alone = _NAME_ALONE.fullmatch(bare) if heading or bare.endswith((":", "：")) else None
    return Field(FIELD_NAMES[alone["name"].lower()], "") if alone else None


def _unmarked(line: str, value: str) -> str:
    """Without the end of a mark that the line begins with."""
    for mark in _MARKS:
        if line.lstrip().startswith(mark) and value.endswith(mark) and value.count(mark) % 2:
            return value[: -len(mark)].rstrip()
    return value


def read_item(line: str) -> Item | None:
    if is_passed_over(line):
        return None
    if label := _BOLD_LABEL.match(line):
        line = f"{label['before']}{label['name']}: {line[label.end() :]}"
    if (bold := _BOLD_BEGINNING.match(line)) and _LABEL.match(bold["title"]):
        return _read_bold(bold)
    for pattern, read in _READERS:
        found = pattern.match(line)
        if found:
            return read(found)
    return None


def without_bullet(line: str) -> str:
    """What stands in a list, or the line as it is."""
    found = _match_bullet(line)
    return found["title"] if found else line


def is_bullet(line: str) -> bool:
    return not is_passed_over(line) and bool(_match_bullet(line))


def _match_bullet(line: str) -> re.Match[str] | None:
    return _BULLET.match(line) or _NUMBER.match(line) or _LETTER.match(line)


def is_passed_over(line: str) -> bool:
    """Nothing, a fence around it all, or a rule: no part of a plan, and nothing to tell of."""
    return not line.strip() or bool(_RULE.match(line) or _FENCE.match(line))


def _read_heading(found: re.Match[str]) -> Item:
    title = found["title"].strip()
    if _CLOSED.search(title):
        return Item(len(found["hashes"]), _CLOSED.sub("", title).strip())
    return Item(len(found["hashes"]), title.rstrip(":：").rstrip() or title)


def _read_bold(found: re.Match[str]) -> Item:
    title = found["title"].strip().rstrip(":：")
    label = _LABEL.match(title)
    return Item(_rank_of(label) if label else BOLD, title)


def _read_labelled(found: re.Match[str]) -> Item:
    line = found.string.expandtabs(4)
    indent = len(line) - len(line.lstrip())
    return Item(_rank_of(found), line.strip(), indent, _OF_BULLETS)


def _rank_of(label: re.Match[str]) -> int:
    word = (label["label"] or label["label_after"]).lower()
    if word in CONCEPTS:
        return BULLETS
    return LABELLED_STAGE if word in STAGES else LABELLED_MODULE


def _read_bullet(found: re.Match[str]) -> Item:
    return _of_list(found, _OF_BULLETS)


def _read_number(found: re.Match[str]) -> Item:
    return _of_list(found, found["number"].count(".") + 1)


def _read_letter(found: re.Match[str]) -> Item:
    """In the order of outlines: I., A., 1., a), i)."""
    sign = found["number"]
    if sign.isdecimal() or sign.islower():
        return _of_list(found, 1 if sign.isdecimal() else _OF_BULLETS - 1)
    return _of_list(found, -1 if set(sign) <= set("IVX") else 0)


def _of_list(found: re.Match[str], parts: int) -> Item:
    title = found["title"].strip()
    box = _BOX.match(title)
    if box:
        title = title[box.end() :]
    bold = _BOLD_FIRST.fullmatch(title)
    indent = len(found["indent"].expandtabs(4))
    is_known = bool(box and box["mark"].strip())
    return Item(
        BULLETS, bold["title"].rstrip(":：") if bold else title.strip(), indent, parts, is_known
    )


_READERS = (
    (_HEADING, _read_heading),
    (_LABEL, _read_labelled),
    (re.compile(rf"{_BOLD_HEAD.pattern}\Z"), _read_bold),
    (_BULLET, _read_bullet),
    (_NUMBER, _read_number),
    (_LETTER, _read_letter),
)
