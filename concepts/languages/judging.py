"""Content languages: how to ask for one, its words for true and false, and whether a text is in it.

Judging is by script first. Where several languages share one, what a trained model makes of the
prose decides. Only prose is judged, only when there is enough of it, and only a clear case is
called wrong. Pure.
"""

from __future__ import annotations

import re

from concepts.languages.detecting import find_main, share_with_sisters, shares_of
from concepts.languages.prose import _FENCE, MATERIAL, MIN_PROSE, is_enough, take_prose
from concepts.languages.scripts import LETTERS, encodable, scripts_of, weigh
from concepts.languages.tables import LANGUAGES
from concepts.languages.tags import describe_language, find_language, primary_language

# A text with less than this share of the expected script is in another one. English terms and
# examples in a foreign language may well be half of it.
MIN_SCRIPT_SHARE = 0.15
MIN_LATIN_SHARE = 0.3
# What is clearly in another language has so many times more of that than of the expected one.
CLEAR_LEAD = 5
# What is in another script than it should be has less to prove.
MIN_SHARE_TO_NAME = 0.4
# Of a Chinese prose 27 % are characters that only Simplified has, or 36 % that only Traditional has
# (measured on Django's translations). So many of the one, and hardly any of the other, are clear.
MIN_VARIANT_SHARE = 0.1
VARIANT_LEAD = 4

# Of a text's own paragraphs, by weight, this share may be in another language.
MOST_FOREIGN = 1 / 3


def find_wrong_language(text: str, tag: str, *, by_words: bool = True) -> str | None:
    """What is wrong with the language of a text, markdown or plain; None when nothing clearly is.

    Code, addresses and formulas do not count, and too little prose is never wrong. Without
    `by_words` the script alone is looked at, as is right for titles.
    """
    own_words = MATERIAL.sub("\n", _FENCE.sub("\n", text))
    wrong = _judge(take_prose(text), tag, by_words=by_words)
    if wrong and is_enough(running := take_prose(own_words)):
        # A lesson of another language may consist of that language for the most part.
        wrong = _judge(running, tag, by_words=by_words)
    if wrong:
        return f"it is written {wrong}, not in {describe_language(tag)}"
    return _judge_paragraphs(own_words, tag) if by_words else None


def _judge_paragraphs(text: str, tag: str) -> str | None:
    """Whether much of a text that is right as a whole is in another language: a few words of the
    right one in each headline and between must not carry the rest.

    A single passage may be there to be read.
    """
    paragraphs = [take_prose(part) for part in re.split(r"\n\s*\n", text)]
    judged = {part: _judge(part, tag, by_words=True) for part in paragraphs if is_enough(part)}
    weights = {part: sum(weigh(part).values()) for part in judged}
    wrong = [part for part, how in judged.items() if how]
    is_much = sum(weights[part] for part in wrong) > MOST_FOREIGN * sum(weights.values())
    if len(wrong) < 2 or not is_much:
        return None
    count, how = f"{len(wrong)} of {len(judged)} paragraphs", judged[wrong[0]]
    return f"{count} are written {how}, not in {describe_language(tag)}"


def _judge(prose: str, tag: str, *, by_words: bool) -> str | None:
    """How a prose is written if that is clearly not as it should be: “in English”."""
    weights, expected = weigh(prose), scripts_of(tag)
    if not is_enough(prose):
        return None
    share = sum(weights.get(script, 0) for script in expected) / sum(weights.values())
    if share < (MIN_LATIN_SHARE if "Latn" in expected else MIN_SCRIPT_SHARE):
        other = find_main(shares_of(prose), MIN_SHARE_TO_NAME)
        return f"in {LANGUAGES[other].name}" if other else "in another script"
    if wrong := _wrong_ideographs(prose, tag, weights):
        return wrong
    other = _other_language(prose, tag) if by_words else None
    if other and _shares_script(other, tag):
        return f"in {LANGUAGES[other].name}"
    return None


def _wrong_ideographs(prose: str, tag: str, weights: dict[str, int]) -> str | None:
    kana = weights.get("Kana", 0) / sum(weights.values())
    expected = scripts_of(tag)
    if "Kana" in expected and kana < 0.05:
        return "without kana"
    if expected == ("Hani",) and kana > 0.3:
        return "in Japanese"
    variant = _other_variant(prose, tag) if expected == ("Hani",) else None
    return f"in {variant}" if variant else None


def _other_variant(prose: str, tag: str) -> str | None:
    """The other Chinese script, if the prose is clearly in it. Its tag is named, too: the answer
    may be right and only the tag wrong."""
    ideographs = LETTERS["Hani"].findall(prose)
    simplified, traditional = (encodable("".join(ideographs), one) for one in ("zh", "zh-Hant"))
    is_own, is_other = simplified - traditional, traditional - simplified
    name = "Traditional Chinese (zh-Hant)"
    if find_language(tag) is LANGUAGES["zh-hant"]:
        is_own, is_other, name = is_other, is_own, "Simplified Chinese (zh-Hans)"
    own = sum(one in is_own for one in ideographs)
    other = sum(one in is_other for one in ideographs)
    is_clear = other > max(VARIANT_LEAD * own, MIN_VARIANT_SHARE * len(ideographs))
    return name if is_clear and len(prose) >= MIN_PROSE else None


def _shares_script(language: str, tag: str) -> bool:
    return bool(set(scripts_of(language)) & set(scripts_of(tag)))


def _other_language(prose: str, tag: str) -> str | None:
    """Another language than the expected one that the prose is clearly in."""
    expected, shares = primary_language(tag), shares_of(prose)
    other = find_main(shares)
    own = share_with_sisters(shares, expected)
    if other is None or share_with_sisters(shares, other) < CLEAR_LEAD * own:
        return None
    # From a language we do not know, only English: every other may be its sister.
    return other if other == "en" or expected in LANGUAGES else None
