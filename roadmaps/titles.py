"""Finding roadmaps by their title, with an index and without an extension of PostgreSQL.

pg_trgm would find any part of a title, but a server may lack it (the embedded one does) or not let
us create it. So a title is cut into words by what every server has, full-text search: a word is
found by its beginning, and writing without spaces by any run of its signs, for there each sign is a
word of its own. "C++" and "C#" are words, too.
"""

from __future__ import annotations

from functools import reduce
from operator import and_

from django.contrib.postgres.search import SearchQueryField, SearchVectorField
from django.db.models import BooleanField, Func, Q, Value

from roadmaps.text import without_invisible

SEARCH_MAX_CHARACTERS = 100
# Spaces and what nobody sees go, so more is looked at than is kept.
LOOKED_AT = 1_000
# Each is one more look into the index.
SEARCH_MAX_PHRASES = 8

# Chinese and Japanese; Thai, Lao, Burmese and Khmer.
_UNSPACED = (
    r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
)
# PostgreSQL's parser would take "node.js" for a host and "TCP/IP" for a file.
_PUNCTUATION = r"!-/:-@\[-`{-~"
_WORDS = (
    "regexp_replace(regexp_replace("
    "replace(replace(lower(normalize(%(expressions)s, NFKC)), '+', 'plus'), '#', 'sharp'), "
    f"'[{_PUNCTUATION}]+', ' ', 'g'), '([{_UNSPACED}])', ' \\1 ', 'g')"
)


class TitleWords(Func):
    """The words of a title. Nothing of it is a parameter: an index must look the same."""

    template = f"to_tsvector('simple', {_WORDS})"
    arity = 1
    output_field = SearchVectorField()


class Phrase(Func):
    """Words in their order, the last of which may only be begun.

    Said as "this word, or one that begins so": the planner knows how common a word is, but of
    beginnings it knows little.
    """

    template = (
        f"regexp_replace(phraseto_tsquery('simple', {_WORDS})::text, "
        "'^(.+)$', '\\1 | \\1:*')::tsquery"
    )
    arity = 1
    output_field = SearchQueryField()


class Matches(Func):
    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    arity = 2
    output_field = BooleanField()


def tidy_search(text: str) -> str:
    """What somebody typed into a search, as it is looked for and shown again."""
    seen = without_invisible(text[:LOOKED_AT].replace("\0", " "))
    return " ".join(seen.split())[:SEARCH_MAX_CHARACTERS].strip()


def titled(search: str) -> Q:
    """Roadmaps whose title holds every phrase of a search: its parts between spaces."""
    phrases = list(filter(_has_words, tidy_search(search).split()))[:SEARCH_MAX_PHRASES]
    found = [Q(Matches(TitleWords("title"), Phrase(Value(phrase)))) for phrase in phrases]
    return reduce(and_, found) if found else Q(pk__in=[])


def _has_words(part: str) -> bool:
    return any(sign.isalnum() or sign in "+#" for sign in part)
