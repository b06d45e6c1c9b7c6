"""Choices that speak of other choices, shrug, or judge in place of answering. Pure."""

from __future__ import annotations

import re

from concepts.lint.flaws.item import MOST_CHARACTERS, Choice, Item
from concepts.lint.flaws.wording import ALL_OF_ABOVE, NONE_OF_ABOVE
from concepts.lint.tutorial import count_words

_ROMAN = r"(?:i{1,3}|iv|vi{0,3})"
_NAME = rf"\(?(?:[a-e]|[1-9]|{_ROMAN}|[①-⑨])\)?"
_AND = (
    r"(?:, ?(?:and |or |und |y |e )?| ?(?:and|or|nor|&|und|y|e|et|ni|oder) "
    r"| ?[、和与及跟] ?| ?\+ ?)"
)
_LEAD = (
    r"(?:only|just|both|either|neither|nur|sowohl|weder|sólo|solo|solamente|tanto|ni|ambas"
    r"|choices?|options?|answers?|statements?|antworten|aussagen|opciones|respuestas"
    r"|seulement|les deux|只有|仅有?|选项|都是) ?"
)
_TAIL = (
    r"(?: ?(?:only|alone|are (?:both )?(?:right|correct|true)|nur|allein|sind richtig|stimmen"
    r"|solamente|son correctas|son ciertas|都对|都正确|正确|均正确|都是|皆是))?"
)
# "A and C", "1 and 3 only", "both A and B", "I, II", "①③", "sowohl A als auch B".
_COMBINATION = re.compile(
    rf"\A\W*(?:{_LEAD}){{0,2}}{_NAME}(?:{_AND}{_NAME}){{1,4}}{_TAIL}[^\w+#]*\Z"
    rf"|\A\W*(?:{_LEAD}){{0,2}}{_NAME} (?:als auch|como|noch) {_NAME}{_TAIL}\W*\Z"
    rf"|\A\W*(?:{_LEAD}){{0,2}}{_NAME} (?:only|alone|nur|solamente)\W*\Z"
    # "Option 2", "only answer B is right", "AB都对", "A和B都正确，C错误"
    rf"|\A\W*(?:only|nur|solo) (?:answers?|options?|choices?|antwort|opción|respuesta) {_NAME}\W*\Z"
    rf"|\A\W*(?:answers?|options?|choices?|antwort|opción|respuesta) {_NAME} (?:is|are|ist"
    rf"|es) \w+\W*\Z"
    r"|\A\W*(?:只有)?[a-e](?:[ 和与及、]{0,3}[a-e]){1,3} ?"
    r"(?:都|均|皆)(?:不?对|不?正确|是|错误?)(?:\W|\Z)"
    r"|\A\W*(?:前|后|后面|前面)[两三二][个项者]?(?:选项)?(?:都|均|皆)?(?:不?对|不?正确|是)\W*\Z"
    r"|\A\W*[①-⑨]{2,5}\W*\Z"
    r"|\A\W*(?:the first two(?= (?:answers|choices|options)|\W*\Z)|die ersten beiden"
    r"|las dos primeras|前两[个项])\b.{0,40}\Z"
)
# Letters beside letters may be notes or variables.
_LIKE = re.compile(r"\W*(?:\w|[a-g] (?:sharp|flat))(?:\W+(?:(?:and|or|und|y|e|et) )?\w){1,4}\W*")
# Sentences that a stem counts, to be combined: at the beginning of a line, or one after another.
_COUNTED = re.compile(
    rf"(?:\A|[\n;:.?？。：])[ \t]{{0,8}}(?:\(?(?:{_ROMAN}|[1-9]|[a-e])[.):]\s|[①-⑨])", re.IGNORECASE
)

_CIRCLES = re.compile(r"[①-⑨和与及、 ]+")

# Figures are places on a list as little as they are points and results.
_FIGURES = re.compile(r"(?:[\d\W]|\b(?:and|or|y|o|und|oder)\b|[和与或])+")

_PLACEHOLDER = re.compile(
    r"\W{0,9}(?:(?:bla|blah)(?:[ ,]*(?:bla|blah))*|l?o+l|(?:ha){2,}|asdf\w*|qwerty|foo ?bar baz"
    r"|(?:a |the )?(?:wrong|incorrect|false|bad|dummy|fake|joke) (?:answer|option|choice)(?: \w)?"
    r"|(?:option|choice|answer|distractor|alternative) (?:[a-e]|[1-9]|one|two|three|four)"
    r"|lorem ipsum.*|placeholder.*|to be (?:written|done)|tbd|todo|xxx+|\?+|\.{2,}|…"
    r"|(?:opción|respuesta) (?:[a-e]|[1-9]|incorrecta|falsa)|(?:antwort|option) (?:[a-e]|[1-9])"
    r"|falsche antwort|réponse [a-e]|(?:选项|答案)[a-e1-9]|错误(?:答案|选项))\W{0,9}"
)
# In a lesson of their language these may be what is learnt; then its own language is another.
_SHRUGS = {
    "en": r"i (?:do not|don['’]t) (?:know|care)|(?:i have )?no (?:idea|clue)|idk|who (?:knows"
    "|cares)"
    r"|not sure",
    "es": r"no (?:lo )?sé|ni idea|(?:no )?me da igual",
    "de": r"keine ahnung|(?:das )?wei(?:ß|ss) ich (?:es )?nicht|ich wei(?:ß|ss) (?:es )?nicht|egal",
    "fr": r"je ne sais pas|aucune idée",
    "pt": r"não sei|sem ideia",
    "it": r"non (?:lo )?so",
    "zh": r"我?(?:不知道|不清楚|不晓得)|没有?想法|随便|管它呢|谁知道呢?",
}
_SHRUG = {tongue: re.compile(rf"\W{{0,9}}(?:{said})\W{{0,9}}") for tongue, said in _SHRUGS.items()}
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u26ff]")

_VERDICT = (
    r"(?:(?:yes|no|true|false|correct|incorrect)|(?:it|this|that) is (?:half |partly )?"
    r"(?:true|false|right|wrong|correct|incorrect)|sí|no|verdadero|falso|cierto"
    r"|(?:es )?(?:verdad|mentira)"
    r"|ja|nein|richtig|falsch|wahr|das (?:stimmt|stimmt nicht)|oui|non|vrai|faux|sim|não|sì|vero"
    r"|对|不对|错|正确|不正确|错误|是的?|不是|对的|错的|否)"
)
# Followed by an end or a pause: "no index" and "true division" judge nothing.
_JUDGES = re.compile(
    rf"\A\W*{_VERDICT}(?:\W*\Z|[,.;:—–，。：；]"
    r"| (?:because|since|but|porque|pero|weil|denn|aber|car|mais)\b"
    r"| - )"
)
# More words after it are a reason.
MOST_AFTER_VERDICT = 5


def find_reference(key: str) -> re.Match[str] | None:
    """Where a choice speaks of others; `key` is its text as people compare it."""
    combined = None if _FIGURES.fullmatch(key) else _COMBINATION.search(key)
    return combined or NONE_OF_ABOVE.search(key) or ALL_OF_ABOVE.search(key)


def says_none(item: Item) -> bool:
    return item.is_choice and any(NONE_OF_ABOVE.search(one.prose) for one in item.choices)


def says_all(item: Item) -> bool:
    return item.is_choice and any(
        ALL_OF_ABOVE.search(one.prose) and not NONE_OF_ABOVE.search(one.prose)
        for one in item.choices
    )


def combines_choices(item: Item) -> bool:
    """Letters may be the answer itself, such as the notes "E and F": then its like stand beside
    it, and no sentence of the stem is counted with them."""
    if not item.is_choice:
        return False
    combined = [bool(_COMBINATION.match(_circled(one))) for one in item.choices]
    alike = [bool(_LIKE.fullmatch(one.prose)) for one in item.choices]
    if len(_COUNTED.findall(item.stem[:MOST_CHARACTERS])) >= 2:
        return sum(combined) >= 2
    return (
        any(combined)
        and sum(not (one or like) for one, like in zip(combined, alike, strict=True)) >= 2
    )


def _circled(choice: Choice) -> str:
    """NFKC makes plain figures of ① and ②."""
    return choice.text if _CIRCLES.fullmatch(choice.text[:20]) else choice.prose


def shrugs(item: Item) -> bool:
    if not item.is_choice:
        return False
    drawn = sum(bool(_EMOJI.search(one.prose)) for one in item.choices)
    is_drawn = drawn == 1 and not _EMOJI.search(item.stem[:MOST_CHARACTERS])
    shrug = _SHRUG.get(item.tongue, _PLACEHOLDER)
    return is_drawn or any(
        _PLACEHOLDER.fullmatch(one.plain[:200]) or shrug.fullmatch(one.plain[:200])
        for one in item.choices
        if "`" not in one.text
    )


def hides_true_false(item: Item) -> bool:
    """What code gives may be true or false. Behind a verdict, a reason may be what is asked."""
    if not item.is_choice:
        return False
    judging = [one for one in item.choices if _judges(one)]
    if len(judging) < 2:
        return False
    return not (item.has_code and all(_is_truth_value(one) for one in judging))


def _judges(choice: Choice) -> bool:
    found = _JUDGES.match(choice.prose)
    if found is None:
        return False
    return count_words(choice.prose[found.end() :]) <= MOST_AFTER_VERDICT


def _is_truth_value(choice: Choice) -> bool:
    return choice.text in {"True", "False", "true", "false"}
