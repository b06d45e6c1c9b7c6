"""Comparing texts the way people do. Pure."""

import re
import unicodedata

# Chinese and Japanese put no spaces between words: there each character counts. A sign that is no
# punctuation counts, too: "a + b" is not "a - b".
_IDEOGRAPHS = r"\u3400-\u9fff\u3040-\u30ff"
_WORD = re.compile(rf"[{_IDEOGRAPHS}]|[^\W{_IDEOGRAPHS}]+|[-+*/%=<>&|^~@#]+")


def text_key(text: str) -> str:
    """Fold what readers do not see: Unicode form (NFKC), case and runs of white space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def words(text: str) -> set[str]:
    return set(_WORD.findall(text_key(text)))


def word_overlap(one: str, other: str) -> float:
    """Shared words over all words (Jaccard index), 0 to 1; without any words, 1."""
    left, right = words(one), words(other)
    return len(left & right) / len(left | right) if left | right else 1.0
