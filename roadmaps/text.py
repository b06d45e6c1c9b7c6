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


# In a text to compare also what shapes no letter of any script, and what chooses a shape nobody
# tells apart (but that of an emoji).
_UNSEEN = re.compile(
    rf"{_INVISIBLE.pattern}|[\u200b\u200e\u200f\u061c]"
    "|(?<![#*0-9\u00a9\u00ae])(?<![\u2000-\u33ff\U0001f000-\U0001faff])[\ufe00-\ufe0f]"
    "|(?<=[\u3000-\ua4cf\uac00-\ud7a3])[\u200c\u200d]"
)
# What does nothing but turn the text around it.
_DIRECTIONS = dict.fromkeys(
    map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)
# Letters and signs that every font draws alike; a blank that is no white space.
_ONE_SHAPE = str.maketrans(
    "АВЕЅІЈКМНОРСТХаеорсхуѕіјһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧο∆\u00b5\u2010\u2011\u2212\u2024\u2800",
    "ABESIJKMHOPCTXaeopcxysijhdqwABEZHIKMNOPTYXoΔ\u03bc---. ",
)


def text_key(text: str) -> str:
    """Fold what readers do not see: Unicode form (NFKC), case and runs of white space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def reading_key(text: str) -> str:
    """Fold only what nobody can see: how letters are encoded (NFC), white space, characters
    without a shape, and which of two alphabets has a letter that both write alike. Case, raised
    figures and wide letters are seen."""
    seen = unicodedata.normalize("NFC", _UNSEEN.sub("", text))
    return " ".join(seen.translate(_ONE_SHAPE).split())


def output_key(text: str) -> str:
    """What a program prints, as two such texts are compared: folds Unicode form (NFKC), line ends,
    spaces at the end of a line and empty lines around it all. Case and indentation count."""
    lines = unicodedata.normalize("NFKC", text).splitlines()
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def has_invisible(text: str) -> bool:
    """Whether something in it has no shape, or turns what follows it around."""
    return bool(_INVISIBLE.search(text))


def without_invisible(text: str) -> str:
    return _INVISIBLE.sub("", text)


def without_directions(text: str) -> str:
    """Without the signs that set which way it runs: in every script the letters themselves do."""
    return text.translate(_DIRECTIONS)


def words(text: str) -> set[str]:
    return set(_WORD.findall(text_key(text)))


def word_overlap(one: str, other: str) -> float:
    """Shared words over all words (Jaccard index), 0 to 1; without any words, 1."""
    left, right = words(one), words(other)
    return len(left & right) / len(left | right) if left | right else 1.0
