"""Comparing texts the way people do. Pure."""

import re
import unicodedata

# Chinese and Japanese put no spaces between words: there each character counts. A sign that is no
# punctuation counts, too: "a + b" is not "a - b".
_IDEOGRAPHS = r"\u3400-\u9fff\u3040-\u30ff"
_WORD = re.compile(rf"[{_IDEOGRAPHS}]|[^\W{_IDEOGRAPHS}]+|[-+*/%=<>&|^~@#]+")

# Characters without a shape, and those that change the order of others: direction marks count only
# where no letter runs from right to left, joiners (and the breaks of scripts that put no spaces)
# only at letters that do not join.
_LETTER_ALONE = r"[!-~\u00a1-\u052f\u1e00-\u1fff]"
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    rf"|(?<={_LETTER_ALONE})[\u200b-\u200f\u061c]|[\u200b-\u200f\u061c](?={_LETTER_ALONE}|\Z)"
)


def text_key(text: str) -> str:
    """Fold what readers do not see: Unicode form (NFKC), case and runs of white space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def reading_key(text: str) -> str:
    """Fold only what nobody can see: how letters are encoded (NFC), white space, and characters
    without a shape. Case, raised figures and wide letters are seen."""
    return " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).split())


def has_invisible(text: str) -> bool:
    """Whether something in it has no shape, or turns what follows it around."""
    return bool(_INVISIBLE.search(text))


def words(text: str) -> set[str]:
    return set(_WORD.findall(text_key(text)))


def word_overlap(one: str, other: str) -> float:
    """Shared words over all words (Jaccard index), 0 to 1; without any words, 1."""
    left, right = words(one), words(other)
    return len(left & right) / len(left | right) if left | right else 1.0
