"""Choices that do not go on in the sentence of their stem. Pure.

Only what is certain counts as a misfit: where no ending tells its gender, a noun fits everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from concepts.lint.flaws.item import Choice, Item

# Whether a choice cannot follow.
Misfit = Callable[[Choice], bool]

_LAST_WORD = re.compile(r"(?<![^\W\d_])(?P<last>[^\W\d_]{1,20})(?: ?(?:_+|\.{2,}|…))? ?[:：]?\Z")
_OPEN_SOUND = re.compile(
    r"(?:[aio]|e(?!u)|u(?!ni(?:[^nm]|\Z)|s[aeiu]|til|biq|r[aeio]|fo)|hour|hon(?:est|ou?r)|heir)"
)
_FEMALE_ES = re.compile(r"(?:[^m]a|ción|sión|dad|tad|tud|umbre|[^m]as|ciones|siones|dades|tades)\Z")
_MALE_ES = re.compile(r"(?:[^i]o|os|or|aje|ema|oma|[aeiou]l|ete|ón)\Z")
_FEMALE_DE = re.compile(r"\w(?:ung|heit|keit|schaft|ion|ität|macht|ei|ik|ur|[^lsdb]e|age|ie)\Z")
_MALE_DE = re.compile(r"\w(?:ling|ismus|ant|or|ich)\Z")
_NEUTER_DE = re.compile(r"\w(?:chen|lein|um|ment|tum)\Z")
_SPANISH: dict[str, re.Pattern[str]] = {
    **dict.fromkeys(("la", "una", "las", "unas"), _MALE_ES),
    **dict.fromkeys(("el", "los", "unos"), _FEMALE_ES),
    "un": _FEMALE_ES,
}
_GERMAN: dict[str, tuple[re.Pattern[str], ...]] = {
    "ein": (_FEMALE_DE,),
    "eine": (_MALE_DE, _NEUTER_DE),
    "einen": (_FEMALE_DE, _NEUTER_DE),
    "das": (_FEMALE_DE, _MALE_DE),
    "die": (_MALE_DE, _NEUTER_DE),
}
_PLURAL_VERB = {
    "en": re.compile(r"\b(?:are|were)(?: called| known as)?[:：]?\Z"),
    "es": re.compile(r"\b(?:son|eran|fueron)[:：]?\Z"),
    "de": re.compile(r"\b(?:sind|waren)[:：]?\Z"),
}
_ONE_THING = {
    "en": re.compile(r"an?\b"),
    "es": re.compile(r"una?\b"),
    "de": re.compile(r"eine?[mnrs]?\b"),
}
_ASKS_FOR_SEVERAL = re.compile(
    r"\b(?:which|what) (?:two|three)\b|\b(?:qué|cuáles) (?:dos|tres)\b"
    r"|\bwelche (?:zwei|drei|beiden)\b|\bquel(?:le)?s (?:deux|trois)\b|哪[两兩三](?!边|侧)"
)
_SEVERAL = re.compile(r"\b(?:and|y|e|und|et)\b|[,&+、和与及跟，]")


def gives_away_by_grammar(item: Item) -> bool:
    """Half of the wrong choices cannot follow the stem or answer its number, and the key can."""
    misfit = _misfit_of(item) if item.type == "single" and item.right and item.wrong else None
    if misfit is None or any(misfit(one) for one in item.right):
        return False
    return 2 * sum(misfit(one) for one in item.wrong) >= len(item.wrong)


def _misfit_of(item: Item) -> Misfit | None:
    asked = item.asked.rstrip()
    if _ASKS_FOR_SEVERAL.search(asked):
        return _is_alone
    plural = _PLURAL_VERB.get(item.tongue)
    if plural and plural.search(asked):
        return lambda one: bool(_ONE_THING[item.tongue].match(one.prose))
    last = _LAST_WORD.search(asked[-80:])
    return _misfit_after(item.tongue, last["last"]) if last else None


def _is_alone(choice: Choice) -> bool:
    return not _SEVERAL.search(choice.prose)


def _misfit_after(tongue: str, article: str) -> Misfit | None:
    if tongue == "en" and article in {"a", "an"}:
        return lambda one: bool(_OPEN_SOUND.match(one.prose)) is (article == "a")
    if tongue == "es" and article in _SPANISH:
        return lambda one: bool(_SPANISH[article].search(_noun(one)))
    if tongue == "de" and article in _GERMAN:
        return lambda one: any(gender.search(_noun(one, last=True)) for gender in _GERMAN[article])
    return None


def _noun(choice: Choice, *, last: bool = False) -> str:
    """The first word of a Spanish answer, the last of a German one."""
    said = choice.prose.strip(" .").split()
    return (said[-1] if last else said[0]) if said else ""
