"""Titles as pages show them: plain text, without the numbers that pages give themselves. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from roadmaps.bounds import TITLE_MAX_CHARACTERS
from roadmaps.text import text_key
from roadmaps.title_words import CARDINALS, ORDINALS, PARTS

_CODE = re.compile(r"(?<!`)(`{1,3})(?!`) ?([^`\n]{1,300}?) ?\1(?!`)")
_LINK = re.compile(
    r"!?\[([^\[\]\n]{1,300})\]\(\s{0,3}<?(?:https?://|#|/)[^\s()<>]{0,300}>?\s{0,3}\)"
)
_HASHES = re.compile(r"^#{1,6}\s{1,9}(.{0,300}?)(?:\s{1,9}#{1,6})?$")
_BULLET = re.compile(r"^[-*•‣▪]\s{1,3}(?:\[[ xX]\]\s{1,3})?(?=[^\Wa-z_]|\*\*|`)")
_ESCAPED = re.compile(r"\\([*_`~#])")
_STRESS = (
    re.compile(r"\*\*\*(?=[^\s*])([^*]{1,300})(?<=[^\s*])\*\*\*"),
    re.compile(r"\*\*(?=[^\s*])([^*]{1,300})(?<=[^\s*])\*\*"),
    re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]{1,300})(?<=[^\s*])\*(?![\w*])"),
    # A name of Python has no space and no capital at its beginning: __init__.
    re.compile(r"(?<!\w)__(?=[^\s_])(?![a-z_0-9]{1,99}__)([^_]{1,300})(?<=[^\s_])__(?!\w)"),
    re.compile(r"(?<!\w)_(?=[^\s_])(?![a-z0-9]{1,99}_)([^_]{1,300})(?<=[^\s_])_(?!\w)"),
    re.compile(r"~~(?=[^\s~])([^~]{1,300})(?<=[^\s~])~~"),
)

_FIGURES = r"\d{1,3}(?:\.\d{1,3}){0,3}(?!\.?\d)"
_KEYCAP = "\\d{1,2}\ufe0f?\u20e3"
_ROMAN = r"(?:(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})(?!\w)|[Ⅰ-Ⅻⅰ-ⅻ]{1,3})"
_CHINESE = r"[零一二三四五六七八九十百两兩]{1,4}"


def _any_of(words: frozenset[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_WORDS, _ORDER = _any_of(PARTS), _any_of(ORDINALS)
_UNSPACED = _any_of(frozenset(word for word in PARTS if word[0] >= "\u3040"))
_COUNT = _any_of(CARDINALS | ORDINALS)
_NUMBER = rf"(?:{_KEYCAP}|{_FIGURES}|{_ROMAN}|{_CHINESE}|(?:{_COUNT})(?!\w)|[A-H](?!\w))"
_OF = rf"(?:\s?(?:[-–—/&+~]|of|to|and|von|bis|und|de|sur|di|из|共|至|和)\s?{_FIGURES})?"
_DASH = r"[-‐-―−~·•|>→»/]"
# What parts a number from a title: a sign right after it, or a dash between spaces.
_BETWEEN = rf"\s{{1,3}}{_DASH}{{1,3}}\s+|\s?[—–―]{{1,3}}\s+"
_PART = rf"(?:\s?[.:．：、，)）\]】」』]+\s*|{_BETWEEN}|\s?[—–―]{{1,3}}\s*|\s?-{{1,3}}\s+)"
_AFTER_PART = rf"(?:{_PART}|\s?[,;]\s+(?!\d{{1,3}}(?:\W|$))|\s{{1,3}}=>\s+)"
_OPEN = r"[\[(（【「『#№]{0,2}\s?"
_COUNTED = rf"(?:\d{{1,3}}|{_CHINESE})"
# A part of it is never 0: “2.0” is a version.
_PLACE = r"\d{1,2}(?:\.0?[1-9]\d?){0,3}"
_ORDINAL_SIGN = (
    r"(?:\.(?![ªº])|\.?[ªº]|-?(?:st|nd|rd|th|er|[eè]re|re|[eè]me|e|[ыо]?й|[ая]я|[ое]е|я))"
)
_LETTER = r"(?:[A-H]|(?=[ivx])x{0,3}(?:ix|iv|v?i{0,3}))"
_BEFORE = (
    # Stage 1: …, Module 2.1 – …, [Lesson III] …, Глава первая. …, الوحدة ٢: …
    re.compile(
        rf"{_OPEN}(?:{_WORDS})[\s-]?(?:[#№]|nr\.?|no\.?|n°)?\s?{_NUMBER}[ªº]?{_OF}\.?{_AFTER_PART}",
        re.IGNORECASE,
    ),
    # 1. Kapitel: …, 2nd stage – …, Première partie : …, Первый этап: …, II. fejezet: …
    re.compile(
        rf"{_OPEN}(?:the )?(?:\d{{1,3}}{_ORDINAL_SIGN}|{_ROMAN}\.|(?:{_ORDER})(?!\w))\s?"
        rf"(?:{_WORDS})(?!\w){_AFTER_PART}",
        re.IGNORECASE,
    ),
    # Module 2.1 …, Section 1.2.3 …; 阶段一 …
    re.compile(rf"{_OPEN}(?:{_WORDS})\s{_FIGURES}(?<=\.\d)\s+(?-i:(?=[^\W\d_a-z]))", re.IGNORECASE),
    re.compile(rf"{_OPEN}(?:{_UNSPACED})\s?{_COUNTED}\s+"),
    # 第一章 …, 第2回：…, 第一部分 …, 제1장 …, 1단계: …
    re.compile(
        rf"{_OPEN}第\s?{_COUNTED}\s?(?:[个個]?(?:部分|单元|單元|阶段|階段|模块|模塊|模組|主题|主題)"
        rf"|[章节節课課讲講回部篇周週])(?:{_PART}|\s+)"
    ),
    re.compile(rf"{_OPEN}第\s?{_COUNTED}\s?[天日步册冊级級卷]{_PART}"),
    re.compile(rf"{_OPEN}第\s?{_COUNTED}\s?[章节節]\s*(?![程课課奏点點])(?:[·•・]\s*)?"),
    re.compile(rf"{_OPEN}\d{{1,3}}\s?章(?:{_PART}|\s+)"),
    re.compile(rf"{_OPEN}제?\s?\d{{1,3}}\s?(?:장|과|부|절|강|단계|단원|모듈|주차)(?:{_PART}|\s+)"),
    # 1. …, 2) …, (3) …, 1.2.3. …, 5、…; 4: …; 01 - …; 1- …; 1.2.3 …
    re.compile(rf"{_OPEN}{_PLACE}\s?\\?(?:[.)\]](?:\s+|(?=[^\W\da-zªº_]))|[．）】、]\s*)"),
    re.compile(rf"{_OPEN}{_PLACE}\s?(?::\s+|：\s*(?!\d)|:(?=[^\W\d_][^\W\d_]))"),
    re.compile(rf"{_OPEN}{_PLACE}(?:{_BETWEEN})(?!\d{{1,3}}(?:\W|$))"),
    re.compile(rf"{_OPEN}{_PLACE}(?:-\s+(?![a-z]|\d{{1,3}}(?:\W|$))|[—―](?=[^\W\d_]{{2}}))"),
    re.compile(rf"{_OPEN}\d{{1,2}}(?:\.0?[1-9]\d?){{2}}\s+(?=[^\W_])"),
    re.compile(rf"(?:no|nr|№)\.?\s?\d{{1,3}}{_PART}|№\s?\d{{1,3}}\s+(?=\w)", re.IGNORECASE),
    # II. …, IV – …; a) …, (ii) …, iv. …; 一、…, （二）…; ① …, 1️⃣ …
    re.compile(rf"{_OPEN}(?=[IVX]{{2}}|[Ⅰ-Ⅻⅰ-ⅻ]){_ROMAN}{_PART}"),
    re.compile(rf"(?:{_LETTER}|\((?![cr]\)){_LETTER})\)\s+(?=\w)", re.IGNORECASE),
    re.compile(r"(?=[ivx]{2})x{0,3}(?:ix|iv|v?i{0,3})\.\s+(?=\w)"),
    re.compile(rf"[（(]?{_CHINESE}[)）、．.:：]\s*"),
    re.compile(r"[①-⓿❶-➓㈠-㈩㊀-㊉🔟]\s?(?:[.:、)-]\s*)?"),
    re.compile(rf"{_KEYCAP}\s?(?:[.:、)-]\s*)?"),
)
# “🚀 Stage 1: …”
_EMOJI = re.compile(
    "^(?:[\u2600-\u2775\u2794-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff][\ufe0f\u200d]{0,2}){1,6}"
    "\\s{0,3}(?=\\S)"
)
_FIRST_TWELVE = (
    *("one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
# “1 Intro”, “Part 3.2 Intro”, “A. Intro”, “IV) Intro”: a number only where it is their place.
_COUNTED_TITLE = re.compile(
    rf"(?:(?:(?:{_WORDS})\s)?(?:\d{{1,2}}\.)?"
    r"(?:(?P<figures>\d{1,4})|\(?(?P<letters>[A-Z]|[IVX]{2,9})[.):])(?:\s+|-(?-i:(?=[A-Z])))"
    rf"|(?:{_WORDS})\s(?P<word>{'|'.join(_FIRST_TWELVE)})\s+)(?=\w)",
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
    shown = _BULLET.sub("", _HASHES.sub(r"\1", title.strip()))
    codes: list[str] = []

    def keep(found: re.Match[str]) -> str:
        codes.append(found[found.lastindex or 0])
        return chr(0xF0000 + len(codes) - 1)

    shown = _ESCAPED.sub(keep, _CODE.sub(keep, _LINK.sub(r"\1", shown)))
    for stress in _STRESS:
        shown = stress.sub(r"\1", shown)
    for place, code in enumerate(codes):
        shown = shown.replace(chr(0xF0000 + place), code)
    return shown.strip() or title


def _without_number(title: str) -> str:
    for before in _BEFORE:
        for written in (title, _EMOJI.sub("", title)):
            found = before.match(written)
            if found and _is_title(written[found.end() :]):
                return written[found.end() :].strip()
    return title


def _is_title(rest: str) -> bool:
    return any(unicodedata.category(letter)[0] in "LS" or letter.isdigit() for letter in rest)


def _without_place(title: str, place: int) -> str:
    """Without the place it has among its siblings, when that stands before it; else nothing."""
    found = _COUNTED_TITLE.match(title)
    names = {str(place), f"0{place}", f"00{place}", _roman(place)}
    names |= {chr(64 + place)} if place < 27 else set()
    names |= {word.upper() for word in _FIRST_TWELVE[place - 1 : place]}
    named = found and (found["figures"] or found["letters"] or found["word"]).upper()
    return title[found.end() :] if found and named in names else ""


def _roman(number: int) -> str:
    signs = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    written = ""
    for value, sign in signs:
        written += sign * (number // value)
        number %= value
    return written
