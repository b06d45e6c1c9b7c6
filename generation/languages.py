"""Content languages: how to ask for one, its words for true and false, and whether a text is in it.

Judging is by script first. Where several languages share one, the commonest words decide: they
are a third of any prose, and no list of them costs memory as a statistical model does (two small
libraries took 65 and 90 MiB and seconds to load, measured). Only prose is judged, only when there
is enough of it, and only a clear case is called wrong. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from generation.language_tables import (
    ALIASES,
    CHINESE_ALONE,
    COMMON_WORDS,
    DENSE,
    ENCODINGS,
    FALSE_WORDS,
    LANGUAGES,
    RANGES,
    SAME_WORDS,
    SCRIPTS,
    TELLING,
    TRUE_WORDS,
    Language,
)

# Below this many characters of prose nothing is said about its language.
MIN_PROSE = 200
# A text with less than this share of the expected script is in another one. English terms and
# examples in a foreign language may well be half of it.
MIN_SCRIPT_SHARE = 0.15
MIN_LATIN_SHARE = 0.3
# The commonest words of a language that it is really in make at least this share of a prose.
MIN_COMMON_SHARE = 0.15
# ... and are not one or two that code or names happen to be full of
MIN_COMMON_WORDS = 6
# ... and outweigh the expected language's by so much.
CLEAR_LEAD = 2.5
# Of a Chinese prose 27 % are characters that only Simplified has, or 36 % that only Traditional has
# (measured on Django's translations). So many of the one, and hardly any of the other, are clear.
MIN_VARIANT_SHARE = 0.1
VARIANT_LEAD = 4

# Of a text's own paragraphs, by weight, this share may be in another language.
MOST_FOREIGN = 1 / 3
_LETTERS = {script: re.compile(f"[{letters}]") for script, letters in RANGES.items()}
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?(^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_NOT_PROSE = re.compile(r"`[^`\n]*`|\]\([^)\s\]]*\)|https?://\S+|<[^<>\n]{1,200}>|\$[^$\n]+\$")
# What a lesson is about rather than in: lists, tables, quotations, lines of a dialogue, and what
# stands in quotation marks or emphasis.
_SPEAKER = r"\*{0,2}([^\W\u3040-\u9fff]{1,12}|[\u3040-\u9fff]{1,4})\*{0,2}[:：]"
_MATERIAL = re.compile(
    rf"^[ \t]*([-*+]\s|[>|]|\d+[.)]|{_SPEAKER}).*$"
    r"|[“„][^“”„\n]{1,200}[“”]|«[^«»\n]{1,200}»|「[^「」\n]{1,200}」|『[^『』\n]{1,200}』"
    r"|\"[^\"\n]{1,200}\"|\*[^*\n]{1,200}\*",
    re.MULTILINE,
)
_WORD = re.compile(r"\b[^\W\d_]+\b")
_WORD_OF_LATIN = re.compile(f"[{RANGES['Latn']}]+")


def primary_language(tag: str) -> str:
    """The language of a tag without script and region: zh for zh-Hans."""
    primary = tag.replace("_", "-").split("-")[0].casefold()
    return ALIASES.get(primary, primary)


def find_language(tag: str) -> Language | None:
    folded = tag.replace("_", "-").casefold()
    folded = ALIASES.get(folded, folded)
    if folded.startswith("zh-hant"):
        folded = "zh-hant"
    return LANGUAGES.get(folded) or LANGUAGES.get(primary_language(tag))


def describe_language(tag: str) -> str:
    """For a prompt: “Chinese (中文, zh)”."""
    language = find_language(tag)
    if language is None:
        return f"the language of the BCP 47 tag “{tag}”"
    return f"{language.name} ({language.own_name}, {tag})"


def request_language(tag: str) -> str:
    """The order to write in a language, in that language where we know it."""
    language = find_language(tag)
    return language.request if language else f"Write everything in {describe_language(tag)}."


def find_tag(text: str) -> str | None:
    """A tag for what a model calls a language: “Chinese”, “中文”, “zh_CN”; None when unknown."""
    folded = text.strip().casefold()
    for tag, language in LANGUAGES.items():
        if folded in {language.name.casefold(), language.own_name.casefold()}:
            return "zh-Hant" if tag == "zh-hant" else tag
    tag = text.strip().replace("_", "-")
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag) else None


def guess_language(goal: str) -> str | None:
    """The language a goal is plainly written in, by its characters; None where they cannot tell."""
    # A Latin word counts as one letter of the others: names and terms are Latin everywhere.
    weights = _weigh(_WORD_OF_LATIN.sub("a", goal), dense=False)
    if "Kana" in weights:
        weights["Kana"] += weights.pop("Hani", 0)
    heaviest = max(weights, key=lambda script: weights[script], default="")
    if not weights or weights[heaviest] < 0.7 * sum(weights.values()):
        return None
    return _guess_by_ideographs(goal) if heaviest == "Hani" else TELLING.get(heaviest)


def tell_language(text: str, *, least_words: int = MIN_COMMON_WORDS) -> str | None:
    """The language a text is plainly in, by its script or by its commonest words, of which it has
    so many different ones; None where they cannot tell."""
    prose = _prose(text)
    if (by_script := guess_language(prose)) is not None:
        return by_script
    words = [word.casefold() for word in _WORD.findall(prose)]
    shares = {
        language: sum(word in common for word in words) / len(words)
        for language, common in COMMON_WORDS.items()
        if words and len(common & set(words)) >= least_words
    }
    best = max(shares, key=lambda language: shares[language], default=None)
    if best is None or shares[best] < MIN_COMMON_SHARE:
        return None
    rivals = [share for language, share in shares.items() if language != best]
    return best if shares[best] > 1.2 * max(rivals, default=0.0) else None


def _guess_by_ideographs(goal: str) -> str | None:
    """By whose encoding lacks the fewest of them. None where that is Japan's and another: 日本史
    may be anybody's, so the model is to say what it is."""
    ideographs = "".join(_LETTERS["Hani"].findall(goal))
    lacking = {tag: len(set(ideographs) - _encodable(ideographs, tag)) for tag in ENCODINGS}
    fitting = [tag for tag, count in lacking.items() if count == min(lacking.values())]
    if fitting == ["ja"]:
        return "ja"
    if "ja" not in fitting or any(word in goal for word in CHINESE_ALONE):
        return fitting[0]
    return None


def _encodable(text: str, tag: str) -> set[str]:
    """The characters that the encoding made for a language has."""
    return set(text.encode(ENCODINGS[tag], "ignore").decode(ENCODINGS[tag]))


def true_and_false(tag: str) -> tuple[str, str] | None:
    """The labels of a true/false question; None for a language we have no words for."""
    language = find_language(tag)
    return (language.true, language.false) if language else None


def means_true(label: str) -> bool | None:
    """Whether a choice says true or false, in any language we know; None when it says neither."""
    folded = label.strip().strip(".。!").casefold()
    if folded in TRUE_WORDS | {language.true.casefold() for language in LANGUAGES.values()}:
        return True
    if folded in FALSE_WORDS | {language.false.casefold() for language in LANGUAGES.values()}:
        return False
    return None


def find_wrong_language(text: str, tag: str, *, by_words: bool = True) -> str | None:
    """What is wrong with the language of a text, markdown or plain; None when nothing clearly is.

    Code, addresses and formulas do not count, and too little prose is never wrong. Without
    `by_words` the script alone is looked at, as is right for titles.
    """
    own_words = _MATERIAL.sub("\n", _FENCE.sub("\n", text))
    wrong = _judge(_prose(text), tag, by_words=by_words)
    if wrong and _is_enough(running := _prose(own_words)):
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
    paragraphs = [_prose(part) for part in re.split(r"\n\s*\n", text)]
    judged = {part: _judge(part, tag, by_words=True) for part in paragraphs if _is_enough(part)}
    weights = {part: sum(_weigh(part).values()) for part in judged}
    wrong = [part for part, how in judged.items() if how]
    is_much = sum(weights[part] for part in wrong) > MOST_FOREIGN * sum(weights.values())
    if len(wrong) < 2 or not is_much:
        return None
    count, how = f"{len(wrong)} of {len(judged)} paragraphs", judged[wrong[0]]
    return f"{count} are written {how}, not in {describe_language(tag)}"


def _prose(text: str) -> str:
    return " ".join(_NOT_PROSE.sub(" ", _FENCE.sub(" ", text)).split())


def _is_enough(prose: str) -> bool:
    return sum(_weigh(prose).values()) >= MIN_PROSE * 0.7


def _judge(prose: str, tag: str, *, by_words: bool) -> str | None:
    """How a prose is written if that is clearly not as it should be: “in English”."""
    weights, expected = _weigh(prose), _scripts_of(tag)
    if not _is_enough(prose):
        return None
    share = sum(weights.get(script, 0) for script in expected) / sum(weights.values())
    if share < (MIN_LATIN_SHARE if "Latn" in expected else MIN_SCRIPT_SHARE):
        other = _by_common_words(prose, tag)
        return f"in {LANGUAGES[other].name}" if other else "in another script"
    if wrong := _wrong_ideographs(prose, tag, weights):
        return wrong
    other = _by_common_words(prose, tag) if by_words else None
    if other and _shares_script(other, tag) and _is_varied(prose, other):
        return f"in {LANGUAGES[other].name}"
    return None


def _wrong_ideographs(prose: str, tag: str, weights: dict[str, int]) -> str | None:
    kana = weights.get("Kana", 0) / sum(weights.values())
    expected = _scripts_of(tag)
    if "Kana" in expected and kana < 0.05:
        return "without kana"
    if expected == ("Hani",) and kana > 0.3:
        return "in Japanese"
    variant = _other_variant(prose, tag) if expected == ("Hani",) else None
    return f"in {variant}" if variant else None


def _other_variant(prose: str, tag: str) -> str | None:
    """The other Chinese script, if the prose is clearly in it. Its tag is named, too: the answer
    may be right and only the tag wrong."""
    ideographs = _LETTERS["Hani"].findall(prose)
    simplified, traditional = (_encodable("".join(ideographs), one) for one in ("zh", "zh-Hant"))
    is_own, is_other = simplified - traditional, traditional - simplified
    name = "Traditional Chinese (zh-Hant)"
    if find_language(tag) is LANGUAGES["zh-hant"]:
        is_own, is_other, name = is_other, is_own, "Simplified Chinese (zh-Hans)"
    own = sum(one in is_own for one in ideographs)
    other = sum(one in is_other for one in ideographs)
    is_clear = other > max(VARIANT_LEAD * own, MIN_VARIANT_SHARE * len(ideographs))
    return name if is_clear and len(prose) >= MIN_PROSE else None


def _weigh(text: str, *, dense: bool = True) -> dict[str, int]:
    """Letters by script, those of dense scripts counted more than once."""
    counts = {
        script: len(letters.findall(text)) * (DENSE.get(script, 1) if dense else 1)
        for script, letters in _LETTERS.items()
    }
    return {script: count for script, count in counts.items() if count}


def _scripts_of(tag: str) -> tuple[str, ...]:
    for subtag in tag.replace("_", "-").split("-")[1:]:
        script = subtag.title()
        if script in {"Hans", "Hant"}:
            return ("Hani",)
        if script in RANGES:
            return (script,)
    return SCRIPTS.get(primary_language(tag), ("Latn",))


def _shares_script(language: str, tag: str) -> bool:
    return bool(set(_scripts_of(language)) & set(_scripts_of(tag)))


def _is_varied(prose: str, language: str) -> bool:
    words = {word.casefold() for word in _WORD.findall(prose)}
    return len(COMMON_WORDS[language] & words) >= MIN_COMMON_WORDS


def _by_common_words(prose: str, tag: str) -> str | None:
    """Another language than the expected one that the prose is clearly in."""
    words = [word.casefold() for word in _WORD.findall(prose)]
    if not words:
        return None
    expected = primary_language(tag)
    shares = {
        language: sum(word in common for word in words) / len(words)
        for language, common in COMMON_WORDS.items()
    }
    own = shares.pop(expected, 0.0)
    best = max(_rivals(expected, shares), key=lambda language: shares[language], default=None)
    if best is None or shares[best] < max(MIN_COMMON_SHARE, CLEAR_LEAD * own):
        return None
    return best


def _rivals(expected: str, shares: dict[str, float]) -> Iterator[str]:
    """Languages that may be told from the expected one. Of one we have no words of, only English
    can be told: every other may be its sister."""
    for language in shares:
        if expected not in COMMON_WORDS and language != "en":
            continue
        if not any({language, expected} <= family for family in SAME_WORDS):
            yield language
