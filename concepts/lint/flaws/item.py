"""A question as a test's critic sees it, and the kinds of flaws that it may have. Pure.

The kinds are those of the SAQUET rubric that can be told by form, and three that come with a key: a
reader who looks for them needs no knowledge of the subject.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from enum import StrEnum

from concepts.content import QuestionContent
from concepts.languages.tags import primary_language
from concepts.markdown.foreign import without_languages
from roadmaps.text import text_key

# Longer than any stem or choice that passes; whatever comes later is not looked at.
MOST_CHARACTERS, MOST_CHOICES = 4_000, 12

CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)


class Flaw(StrEnum):
    NONE_OF_ABOVE = "none_of_above"
    ALL_OF_ABOVE = "all_of_above"
    K_TYPE = "k_type"
    BLANK = "blank"
    ABSOLUTE_TERMS = "absolute_terms"
    NEGATIVE_STEM = "negative_stem"
    VAGUE_TERMS = "vague_terms"
    LONGEST_KEY = "longest_key"
    REPEATED_WORD = "repeated_word"
    LOST_SEQUENCE = "lost_sequence"
    EQUAL_VALUES = "equal_values"
    GRAMMATICAL_CUE = "grammatical_cue"
    OVERLAP = "overlap"
    IMPLAUSIBLE = "implausible"
    HIDDEN_TRUE_FALSE = "hidden_true_false"
    KEY_COUNT = "key_count"
    UNFOCUSED_STEM = "unfocused_stem"
    GRATUITOUS = "gratuitous"
    CONVERGENCE = "convergence"


@dataclass(frozen=True)
class Choice:
    """Of lines to be put in order none is right or wrong."""

    text: str
    is_correct: bool = False

    @functools.cached_property
    def plain(self) -> str:
        """As readers compare it, code included."""
        return text_key(self.text[:MOST_CHARACTERS].replace("`", ""))

    @functools.cached_property
    def prose(self) -> str:
        """The same without code."""
        return text_key(CODE.sub("x", self.text[:MOST_CHARACTERS]))


@dataclass(frozen=True)
class Item:
    """`type` may be any, also one whose choices are lines."""

    type: str
    language: str
    stem: str
    choices: tuple[Choice, ...] = ()

    @property
    def is_choice(self) -> bool:
        return self.type in {"single", "multiple"}

    @functools.cached_property
    def tongue(self) -> str:
        return primary_language(self.language[:40])

    @functools.cached_property
    def told(self) -> str:
        """The stem without code, its case kept."""
        return " ".join(CODE.sub(" x ", self.stem[:MOST_CHARACTERS]).split())

    @functools.cached_property
    def asked(self) -> str:
        return text_key(self.told)

    @functools.cached_property
    def right(self) -> tuple[Choice, ...]:
        return tuple(one for one in self.choices[:MOST_CHOICES] if one.is_correct)

    @functools.cached_property
    def wrong(self) -> tuple[Choice, ...]:
        return tuple(one for one in self.choices[:MOST_CHOICES] if not one.is_correct)

    @property
    def has_code(self) -> bool:
        return "`" in self.stem


def item_of(question: QuestionContent, language: str) -> Item:
    choices = tuple(Choice(without_languages(one.text), one.is_correct) for one in question.choices)
    return Item(question.type, language, without_languages(question.stem), choices)
