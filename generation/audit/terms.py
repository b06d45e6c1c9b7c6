"""Terms that a roadmap uses before it introduces them. Pure.

A concept introduces its keywords. Those that are words of everyday language (
    "view", "field") cannot be told
from these, so only what is plainly a term is looked for: several words, a name in capitals, a sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from concepts.lint.flaws.item import CODE
from generation.port.outline import ConceptOutline, Outline
from roadmaps.text import text_key

# What people meet long before they learn how it works: formats, products, what stands on doors.
_KNOWN = (
    "html css json xml csv pdf url http https javascript python java linux windows macos sql"
    " postgresql"
    " sqlite mysql redis docker git github e-mail tls api gpu cpu excel google"
)
FAMILIAR = frozenset(_KNOWN.split())
_TERM = re.compile(r"[A-Z0-9\u0370-\u03ff]|\S[ -]\S|[\u3400-\u9fff]{2}")
# A line may end within code.
_SPAN = re.compile(r"`[^`]{1,200}`")
_LINK = re.compile(r"\[([^\]\n]{1,200})\]\([^)\n]{0,500}\)")
_SENTENCE = re.compile(r"(?<=[.!?])\s|(?<=[。！？])|\n\s*\n|\n(?=\s{0,3}(?:[-*|>#]|\d+[.)]))")
# What may stand around a term whose meaning is told, or put off, where it is used.
_BEFORE = (
    r"(?:\*\*?(?:[^*\n]{0,40})"
    r"|\[|[(（—–]\s?(?:an? |the )?|\b(?:called|named|such as|known as|short for"
    r"|llamad[oa]s?|se llama|como|genannt|namens|heißt|wie|appelée?s?|dit)\s(?:an? |the |una? "
    r"|el |la )?"
    r"|叫做?|称为|所谓的?|即|^\s{0,3}#{1,6}\s[^\n]{0,80})"
)
_AFTER = (
    r"(?:\*|s?\s?[(（—–:：]|s?,? (?:is|are|means|stands for|was) (?:an? |the |what |how |no |when "
    r"|nothing )"
    r"|s?, (?:which|that is|i\.e\.|an? |the )|s? or (?:an? )?\w+|\s(?:es|son|significa) (?:una?"
    r"|el|la|lo) "
    r"|\s(?:ist|sind|bedeutet|heißt) (?:eine?|der|die|das) |是|指|即|就是)"
)
_PUT_OFF = re.compile(
    r"\b(?:later|soon|in (?:the|a) (?:next|later|last) (?:stage|concept|lesson|module|part)"
    r"|más adelante|después veremos|später|im nächsten)\b|后面|稍后|以后会|下一[节章课]"
)


@dataclass(frozen=True)
class EarlyTerm:
    """`used_in` and `introduced_by` are keys of concepts."""

    term: str
    used_in: str
    introduced_by: str
    sentence: str

    def __str__(self) -> str:
        where = f"“{self.used_in}” says “{self.term}”, which “{self.introduced_by}” introduces"
        return f"{where}: {self.sentence}"


def find_early_terms(outline: Outline, texts: Mapping[str, str]) -> Iterator[EarlyTerm]:
    """`texts` are the tutorials by the keys of their concepts."""
    concepts = outline.concepts()
    sentences = {one.key: _split(texts.get(one.key, "")) for one in concepts}
    assumed = text_key("\n".join([outline.title, outline.summary, *outline.assumptions]))
    for place, term in _first_places(outline):
        if text_key(term) in FAMILIAR or not _TERM.search(term) or text_key(term) in assumed:
            continue
        said, told = _forms(term)
        for earlier in concepts[:place]:
            found = [one for one in sentences[earlier.key] if said.search(one)]
            if any(told.search(one) or _PUT_OFF.search(one) for one in found):
                break
            if found and concepts[place].key not in _required(outline, earlier):
                yield EarlyTerm(term, earlier.key, concepts[place].key, " ".join(found[0].split()))


def _first_places(outline: Outline) -> list[tuple[int, str]]:
    """Each keyword with the place of the concept that has it first, be it in its title alone."""
    concepts = outline.concepts()
    places: dict[str, tuple[int, str]] = {}
    for place, concept in enumerate(concepts):
        for term in concept.keywords:
            places.setdefault(text_key(term), (_first_naming(concepts, term, place), term))
    return list(places.values())


def _first_naming(concepts: list[ConceptOutline], term: str, place: int) -> int:
    said, _ = _forms(term)
    for number, concept in enumerate(concepts[:place]):
        if any(said.search(text) for text in (concept.title, *concept.objectives)):
            return number
    return place


def _required(outline: Outline, concept: ConceptOutline) -> set[str]:
    by_key = {one.key: one for one in outline.concepts()}
    reached, ahead = {concept.key}, [concept.key]
    while ahead:
        new = [key for key in by_key[ahead.pop()].requires if key in by_key and key not in reached]
        reached.update(new)
        ahead += new
    return reached


def _forms(term: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The term wherever it is said, and where it is explained. In capitals it is a name."""
    flags = re.MULTILINE if re.search(r"[A-Z]", term) else re.MULTILINE | re.IGNORECASE
    name = re.escape(term[:200])
    edge, end = ("", "") if re.search(r"[\u3400-\u9fff]", term) else (r"(?<!\w)", r"s?(?!\w)")
    said = re.compile(rf"{edge}{name}{end}", flags)
    told = re.compile(rf"{_BEFORE}{name}|{edge}{name}{_AFTER}", flags)
    return said, told


def _split(markdown: str) -> list[str]:
    """Sentences without code; of links what they say, in their brackets."""
    prose = _LINK.sub(r"[\1]", _SPAN.sub("x", CODE.sub("x", markdown)))
    return [one for one in _SENTENCE.split(prose) if one and one.strip()]
