"""Titles as pages show them: plain text, without the numbers that pages give themselves. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from roadmaps.bounds import TITLE_MAX_CHARACTERS
from roadmaps.text import text_key
from roadmaps.title_words import ORDINALS, PARTS

_CODE = re.compile(r"(?<!`)(`{1,3})(?!`) ?([^`\n]{1,300}?) ?\1(?!`)")
_LINK = re.compile(
    r"!?\[([^\[\]\n]{1,300})\]\(\s{0,3}<?(?:https?://|#|/)[^\s()<>]{0,300}>?\s{0,3}\)"
)
_HASHES = re.compile(r"^#{1,6}\s{1,9}(.{0,300}?)(?:\s{1,9}#{1,6})?$")
_STRESS = (
    re.compile(r"\*\*\*(?=[^\s*])([^*]{1,300})(?<=[^\s*])\*\*\*"),
    re.compile(r"\*\*(?=[^\s*])([^*]{1,300})(?<=[^\s*])\*\*"),
    re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]{1,300})(?<=[^\s*])\*(?![\w*])"),
    # A name of Python has no space and no capital at its beginning: __init__.
    re.compile(r"(?<!\w)__(?=[^\s_])(?![a-z_0-9]{1,99}__)([^_]{1,300})(?<=[^\s_])__(?!\w)"),
    re.compile(r"~~(?=[^\s~])([^~]{1,300})(?<=[^\s~])~~"),
)

_FIGURES = r"\d{1,3}(?:\.\d{1,3}){0,3}"
_ROMAN = r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})(?![\w])"
_CHINESE = r"[零一二三四五六七八九十百两兩]{1,4}"
_WORDS = "|".join(sorted(map(re.escape, PARTS), key=len, reverse=True))
_COUNT = "|".join(sorted(map(re.escape, ORDINALS), key=len, reverse=True))
_NUMBER = rf"(?:{_FIGURES}|{_ROMAN}|{_CHINESE}|(?:{_COUNT})(?!\w)|[A-H](?!\w))"
_OF = rf"(?:\s?(?:[-–—/]|of|von|de|sur|di|из|共)\s?{_FIGURES})?"
_DASH = r"[-‐-―−~·•|>→»/]"
# What parts a number from a title: a sign right after it, or a dash between spaces.
_BETWEEN = rf"\s{{1,3}}{_DASH}{{1,3}}\s+|\s?[—–―]{{1,3}}\s+"
_PART = rf"(?:\s?[.:．：、，)）\]】」』]+\s*|{_BETWEEN}|\s?[—–―]{{1,3}}\s*|\s?-{{1,3}}\s+)"
_OPEN = r"[\[(（【「『#№]{0,2}\s?"
_COUNTED = rf"(?:\d{{1,3}}|{_CHINESE})"
_PLACE = r"\d{1,2}(?:\.\d{1,2}){0,3}"
_BEFORE = (
    # Stage 1: …, Module 2.1 – …, [Lesson III] …, Глава первая. …, الوحدة ٢: …
    re.compile(
        rf"{_OPEN}(?:{_WORDS})\s?(?:[#№]|nr\.?|no\.?|n°)?\s?{_NUMBER}{_OF}\.?{_PART}",
        re.IGNORECASE,
    ),
    # 第一章 …, 第2回：…, 第一部分 …, 제1장 …, 1단계: …
    re.compile(
        rf"{_OPEN}第\s?{_COUNTED}\s?(?:部分|单元|單元|阶段|階段|模块|模塊|[章节節课課讲講回部篇])"
        rf"(?:{_PART}|\s+)"
    ),
    re.compile(rf"{_OPEN}第\s?{_COUNTED}\s?章\s*(?!程)"),
    re.compile(rf"{_OPEN}제?\s?\d{{1,3}}\s?(?:장|과|부|절|강|단계|단원|모듈|주차)(?:{_PART}|\s+)"),
    # 1. …, 2) …, (3) …, 1.2.3. …, 5、…; 4: …; 01 - …
    re.compile(rf"{_OPEN}{_PLACE}\s?(?:[.)\]](?:\s+|(?=[^\W\da-z_]))|[．）】、]\s*)"),
    re.compile(rf"{_OPEN}{_PLACE}\s?[:：]\s*(?!\d)"),
    re.compile(rf"{_OPEN}{_PLACE}(?:{_BETWEEN})(?!\d{{1,3}}(?:\W|$))"),
    # II. …, IV – …; 一、…, （二）…; ① …, 1️⃣ …
    re.compile(rf"{_OPEN}(?=[IVX]{{2}}){_ROMAN}{_PART}"),
    re.compile(rf"[（(]?{_CHINESE}[)）、．.:：]\s*"),
    re.compile(r"[①-⓿❶-➓㈠-㈩㊀-㊉]\s?(?:[.:、)-]\s*)?"),
    re.compile("\\d{1,2}\ufe0f?\u20e3\\s?(?:[.:、)-]\\s*)?"),
)
# “1 Intro”, “Part 3.2 Intro”, “A. Intro”, “IV) Intro”: a number only where it is their place.
_COUNTED_TITLE = re.compile(
    rf"(?:(?:{_WORDS})\s)?(?:\d{{1,2}}\.)?"
    r"(?:(?P<figures>\d{1,4})|(?P<letters>[A-Z]|[IVX]{2,9})[.):])\s+(?=\w)",
    re.IGNORECASE,
)


def plain_title(title: str) -> str:
    """A title without marks of Markdown and without the number before it.

    “3D printing”, “5 Whys”, “2001: A Space Odyssey” and “`__init__`” keep what is theirs. A title
    that is nothing but its number stays, to be judged as one; so does one that is too long.
    """
    if len(title) > TITLE_MAX_CHARACTERS:
        return title
    shown = _without_marks(title)
    for _ in range(3):
        rest = _without_number(shown)
        if rest == shown:
            break
        shown = rest
    return shown


def plain_titles(titles: Sequence[str]) -> list[str]:
    """The titles of siblings: a number may also be told by counting them (“1 Intro”, “A. Intro”).

    Where two would be the same without it, all keep theirs.
    """
    if any(len(title) > TITLE_MAX_CHARACTERS for title in titles):
        return list(titles)
    unmarked = [_without_marks(title) for title in titles]
    plain = [plain_title(title) for title in titles]
    counted = [
        _without_place(title, place) if title == whole else title
        for place, (title, whole) in enumerate(zip(plain, unmarked, strict=True), start=1)
    ]
    if len(titles) > 1 and all(counted):
        plain = counted
    is_told_apart = len({*map(text_key, plain)}) == len({*map(text_key, titles)})
    return plain if is_told_apart else unmarked


def _without_marks(title: str) -> str:
    shown = _HASHES.sub(r"\1", title.strip())
    codes: list[str] = []

    def keep(found: re.Match[str]) -> str:
        codes.append(found[2])
        return chr(0xF0000 + len(codes) - 1)

    shown = _CODE.sub(keep, _LINK.sub(r"\1", shown))
    for stress in _STRESS:
        shown = stress.sub(r"\1", shown)
    for place, code in enumerate(codes):
        shown = shown.replace(chr(0xF0000 + place), code)
    return shown.strip() or title


def _without_number(title: str) -> str:
    for before in _BEFORE:
        found = before.match(title)
        if found and _is_title(title[found.end() :]):
            return title[found.end() :].strip()
    return title


def _is_title(rest: str) -> bool:
    return any(unicodedata.category(letter)[0] in "LS" or letter.isdigit() for letter in rest)


def _without_place(title: str, place: int) -> str:
    """Without the place it has among its siblings, when that stands before it; else nothing."""
    found = _COUNTED_TITLE.match(title)
    names = {str(place), f"0{place}", _roman(place), chr(64 + place) if place < 27 else ""}
    named = found and (found["figures"] or found["letters"]).upper()
    return title[found.end() :] if found and named in names else ""


def _roman(number: int) -> str:
    signs = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    written = ""
    for value, sign in signs:
        written += sign * (number // value)
        number %= value
    return written
