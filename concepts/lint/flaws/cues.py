"""Choices whose form tells which of them is right. Pure."""

from __future__ import annotations

import re
from itertools import pairwise, takewhile

from concepts.lint.flaws.item import Choice, Item
from concepts.lint.flaws.references import (
    combines_choices,
    hides_true_false,
    says_all,
    says_none,
)
from concepts.lint.flaws.wording import ABSOLUTE, VAGUE, of_tongue
from concepts.lint.lengths import is_longest_by_far
from concepts.lint.tutorial import count_words
from roadmaps.text import words

# A word of so many letters is the topic's own rather than a common one.
LONG_WORD = 8
# Whoever tells a situation must name its things again in the answers.
MOST_WORDS_OF_STEM = 15
_IDEOGRAPHS = re.compile(r"[\u3400-\u9fff]+")


def says_too_much_for_all(item: Item) -> bool:
    """Absolute words in two wrong choices, and not in the right one: whoever knows tests knows."""
    if not item.is_choice:
        return False
    absolute = of_tongue(ABSOLUTE, item.tongue)
    stem = item.asked
    in_wrong = [one for one in item.wrong if _says(absolute, one, stem)]
    return len(in_wrong) >= 2 and not any(_says(absolute, one, stem) for one in item.right)


def says_too_little(item: Item) -> bool:
    """Vague words in choices, where nothing can be checked."""
    if not item.is_choice:
        return False
    vague = of_tongue(VAGUE, item.tongue)
    return any(_says(vague, one, item.asked) for one in item.choices)


def _says(words_of: re.Pattern[str], choice: Choice, stem: str) -> bool:
    found = words_of.search(choice.prose)
    return found is not None and found[0] not in stem


def is_long_key(item: Item) -> bool:
    """“All of the above” is a flaw of its own."""
    if says_all(item) or says_none(item):
        return False
    return item.is_choice and is_longest_by_far(
        [len(one.text) for one in item.right], [len(one.text) for one in item.wrong]
    )


def echoes_stem(item: Item) -> bool:
    """The right choice alone says a long word of the stem's own, or two of them."""
    is_plain = item.type == "single" and len(item.right) == 1 and len(item.wrong) >= 2
    if not is_plain or item.has_code or count_words(item.told) > MOST_WORDS_OF_STEM:
        return False
    if hides_true_false(item):
        return False
    (key,) = item.right
    if count_words(key.prose) > MOST_PARTS:
        return False
    if item.tongue in {"zh", "ja"}:
        return _echoes_signs(item, key)
    mine = _stems(key.prose)
    said = (mine & _stems(item.asked)) - {w for one in item.wrong for w in _stems(one.prose)}
    return len(said) >= 2 or any(len(one) >= LONG_WORD - 1 for one in said)


def _stems(text: str) -> set[str]:
    """Words of five letters and more, without their endings."""
    return {_cut(word) for word in words(text) if len(word) >= 5 and word.isalpha()}


def _cut(word: str) -> str:
    return re.sub(r"(?:ing|ed|es|s|en|e|er|al|a|o|os|as)\Z", "", word) if len(word) > 5 else word


def _echoes_signs(item: Item, key: Choice) -> bool:
    """Without spaces between words: a term of two signs and more."""
    said = _pairs(key.prose) & _pairs(item.asked)
    return bool(said - {pair for one in item.wrong for pair in _pairs(one.prose)})


def _pairs(text: str) -> set[str]:
    return {one + other for run in _IDEOGRAPHS.findall(text) for one, other in pairwise(run)}


_PART = re.compile(r"\w+")
# Longer choices are sentences, which share words for other reasons.
MOST_PARTS = 14


def converges(item: Item) -> bool:
    """Each wrong choice changes one part of the right one, and not all of them the same.

    A table of two by two has a corner that shares nothing with the key: it tells nothing.
    """
    if item.type != "single" or len(item.right) != 1 or len(item.wrong) < 3:
        return False
    key = _parts(item.right[0])
    if not 3 <= len(key) <= MOST_PARTS or combines_choices(item) or _is_code(item):
        return False
    fronts, backs = 0, 0
    for one in item.wrong:
        other = _parts(one)
        front, back = _shared(key, other), _shared(key[::-1], other[::-1])
        if max(front, back) < len(key) / 3 or front == back:
            return False
        fronts, backs = fronts + (front > back), backs + (back > front)
    return fronts > 0 and backs > 0


def _is_code(item: Item) -> bool:
    """Of code, each small change is another answer."""
    return item.has_code or "`" in item.right[0].text


def _parts(choice: Choice) -> list[str]:
    text = choice.plain[:300]
    return _PART.findall(re.sub(r"([\u3400-\u9fff])", r"\1 ", text))[:80]


def _shared(one: list[str], other: list[str]) -> int:
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))
