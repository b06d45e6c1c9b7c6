"""Terms in a tutorial lead to the concept that introduces them. Pure.

What was rendered and sanitised goes in. A concept introduces its keywords, the first that has one;
words of every day (`everyday.py`) only where it is named after them. Where a later tutorial says
one for the first time, it becomes a link of ours. Whatever a keyword is, it stays text: it is
compared with what readers see, and shown as the tutorial spells it.

Code, headings, links, formulas and drawings are left alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape, unescape

from concepts.markdown.everyday import EVERYDAY
from roadmaps.bounds import TITLE_MAX_CHARACTERS
from roadmaps.text import text_key

# Longer ones are sentences; with more, nobody reads a text for its links.
LONGEST_TERM, MOST_TERMS, MOST_LINKS = 60, 4_000, 40
_SHORTEST_TERM = 2
# Of text in quotes nothing ends a tag. Possessive: what is no tag is seen to be none at once.
_TAG = re.compile(r'<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]{0,20})(?:[^<>"]*+"[^"]*+")*+[^<>"]*+>')
_LEFT_ALONE = {
    "a", "code", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "math", "pre", "summary", "svg",
}  # fmt: skip
# What ties words to one: of `cookie-based`, `forms.py` and `a/form` no part is a word.
_TIES = frozenset("-_./\\@#")
_PLURALS = ("", "s", "es")
# Letters of words that no spaces part, or that take on others: Thai, Lao, Burmese, Khmer, Korean,
# Japanese, Chinese.
_UNPARTED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)


@dataclass(frozen=True)
class Introducing:
    """A concept as far as it introduces terms. `keywords` are whatever its row holds."""

    slug: str
    title: str
    keywords: object


def find_terms(concepts: Iterable[Introducing], current: str) -> dict[str, str]:
    """Each term with the slug of the concept that introduces it, which comes before `current`.

    Those that are introduced there or later lead nowhere, and hide the shorter ones within them.
    """
    known: dict[str, tuple[str, str]] = {}
    is_before = True
    for concept in concepts:
        is_before = is_before and concept.slug != current
        for keyword in _terms_of(concept):
            known.setdefault(text_key(keyword), (keyword, concept.slug if is_before else ""))
    return dict(list(known.values())[:MOST_TERMS])


def link_terms(html: str, addresses: Mapping[str, str]) -> str:
    """`addresses` by term; one without leads nowhere. The first use of each is linked."""
    finder = _Finder(addresses)
    return "".join(_walk(html, finder)) if finder.firsts else html


def _terms_of(concept: Introducing) -> Iterator[str]:
    for keyword in concept.keywords if isinstance(concept.keywords, list) else []:
        term = " ".join(str(keyword).split()) if isinstance(keyword, str) else ""
        is_said = any(sign.isalpha() for sign in term)
        is_fit = is_said and _SHORTEST_TERM <= len(term) <= LONGEST_TERM
        if is_fit and (_is_rare(term) or _is_named_after(concept, term)):
            yield unicodedata.normalize("NFC", term)


def _is_rare(term: str) -> bool:
    key = text_key(term)
    return _is_name(term) or not {key, key.removesuffix("s")} & EVERYDAY


def _is_named_after(concept: Introducing, term: str) -> bool:
    key = text_key(term[:LONGEST_TERM])
    title = text_key(concept.title[:TITLE_MAX_CHARACTERS])
    return any(word.startswith(key) for word in title.split())


def _walk(html: str, finder: _Finder) -> Iterator[str]:
    place = hidden = 0
    for tag in _TAG.finditer(html):
        before = html[place : tag.start()]
        yield before if hidden else _link_text(before, finder)
        yield tag[0]
        place = tag.end()
        if tag["name"].casefold() in _LEFT_ALONE:
            hidden = max(0, hidden + (-1 if tag["end"] else 1))
    rest = html[place:]
    yield rest if hidden else _link_text(rest, finder)


def _link_text(raw: str, finder: _Finder) -> str:
    text = unescape(raw)
    made: list[str] = []
    place = 0
    for start, end, address in finder.find(text):
        said = escape(text[start:end], quote=False)
        made += [escape(text[place:start], quote=False)]
        made += [f'<a class="term" href="{escape(address)}">{said}</a>']
        place = end
    return "".join([*made, escape(text[place:], quote=False)]) if made else raw


@dataclass
class _Node:
    """Where some letters have led; of a term that ends here the spelling and the address."""

    then: dict[str, _Node] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)


class _Finder:
    """Finds terms letter by letter, so that the number of terms costs nothing."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._root = _Node()
        self._links = 0
        for term, address in list(addresses.items())[:MOST_TERMS]:
            self._add(term[:LONGEST_TERM], address)
        self.firsts = self._begin()

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """From where to where a term stands that leads somewhere, and where to."""
        after = 0
        for first in self.firsts.finditer(text) if self.firsts else ():
            start = first.start()
            if start < after or self._links >= MOST_LINKS or not _begins_word(text, start):
                continue
            end, ends, spelling = self._longest(text, start)
            after = max(after, end)
            if ends.get(spelling):
                yield start, end, ends[spelling]
                ends[spelling] = ""
                self._links += 1

    def _add(self, term: str, address: str) -> None:
        node = self._root
        # A term that began with a space would be looked for at each space of a long row of them.
        for sign in " ".join(term.split()):
            node = node.then.setdefault(_fold(sign), _Node())
        if node is not self._root:
            node.ends.setdefault(term if _is_name(term) else "", address)

    def _begin(self) -> re.Pattern[str] | None:
        signs = {spelt for sign in self._root.then for spelt in (sign, sign.upper())}
        return re.compile(f"[{re.escape(''.join(sorted(signs)))}]") if signs else None

    def _longest(self, text: str, start: int) -> tuple[int, dict[str, str], str]:
        """Where it ends, and which it is; nothing: where it began."""
        node, place, spelt = self._root, start, ""
        found: tuple[int, dict[str, str], str] = (start, {}, "")
        while (step := node.then.get(_fold(_seen(text, place)))) is not None:
            spelt += _seen(text, place)
            node, place = step, _next(text, place)
            spelling = spelt if spelt in node.ends else ""
            if spelling in node.ends and (end := _end_of_word(text, place)):
                found = (end, node.ends, spelling)
        return found


def _is_name(term: str) -> bool:
    """REST is no rest, nor is a HttpRequest; but Cookie may begin a sentence, or a list."""
    return term[1:] != term[1:].lower()


def _fold(sign: str) -> str:
    lower = sign.lower()
    return lower if len(lower) == 1 else sign


def _seen(text: str, place: int) -> str:
    """Where a line breaks in a text, readers see a space."""
    sign = text[place : place + 1]
    return " " if sign.isspace() else sign


def _next(text: str, place: int) -> int:
    is_space = text[place].isspace()
    place += 1
    while is_space and text[place : place + 1].isspace():
        place += 1
    return place


def _begins_word(text: str, place: int) -> bool:
    before = text[place - 1 : place]
    if before in _TIES and _is_letter(text[max(0, place - 2) : max(0, place - 1)]):
        return False
    return not (_is_letter(before) and _is_letter(text[place]))


def _end_of_word(text: str, place: int) -> int:
    """Where the word ends that is said up to `place`, be it said of many; 0: nowhere."""
    is_letter = _is_letter(text[place - 1 : place])
    for plural in _PLURALS if is_letter else _PLURALS[:1]:
        end = place + len(plural)
        if text[place:end] == plural and not (is_letter and _goes_on(text, end)):
            return end
    return 0


def _goes_on(text: str, place: int) -> bool:
    after = text[place : place + 1]
    return _is_letter(after) or (after in _TIES and _is_letter(text[place + 1 : place + 2]))


def _is_letter(sign: str) -> bool:
    """Of a word that spaces part from others."""
    return (sign.isalnum() or sign == "_") and not _UNPARTED.match(sign)
