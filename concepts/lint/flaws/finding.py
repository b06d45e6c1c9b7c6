"""All flaws of a question that can be told by its form. Pure."""

from __future__ import annotations

from collections.abc import Callable

from concepts.content import QuestionContent
from concepts.lint.flaws.cues import (
    converges,
    echoes_stem,
    is_long_key,
    says_too_little,
    says_too_much_for_all,
)
from concepts.lint.flaws.grammar import gives_away_by_grammar
from concepts.lint.flaws.item import Flaw, Item, item_of
from concepts.lint.flaws.references import (
    combines_choices,
    hides_true_false,
    says_all,
    says_none,
    shrugs,
)
from concepts.lint.flaws.stems import asks_nothing, has_gap, negates_quietly, tells_too_much
from concepts.lint.flaws.values import loses_sequence, overlaps, repeats_value


def count_is_wrong(item: Item) -> bool:
    """One right choice where one is asked for; some, and not all, where several may be."""
    if item.type == "multiple":
        return not item.right or not item.wrong
    return item.type in {"single", "true_false", "faulty_line"} and len(item.right) != 1


_RULES: dict[Flaw, Callable[[Item], bool]] = {
    Flaw.NONE_OF_ABOVE: says_none,
    Flaw.ALL_OF_ABOVE: says_all,
    Flaw.K_TYPE: combines_choices,
    Flaw.BLANK: has_gap,
    Flaw.ABSOLUTE_TERMS: says_too_much_for_all,
    Flaw.NEGATIVE_STEM: negates_quietly,
    Flaw.VAGUE_TERMS: says_too_little,
    Flaw.LONGEST_KEY: is_long_key,
    Flaw.REPEATED_WORD: echoes_stem,
    Flaw.LOST_SEQUENCE: loses_sequence,
    Flaw.EQUAL_VALUES: repeats_value,
    Flaw.GRAMMATICAL_CUE: gives_away_by_grammar,
    Flaw.OVERLAP: overlaps,
    Flaw.IMPLAUSIBLE: shrugs,
    Flaw.HIDDEN_TRUE_FALSE: hides_true_false,
    Flaw.KEY_COUNT: count_is_wrong,
    Flaw.UNFOCUSED_STEM: asks_nothing,
    Flaw.GRATUITOUS: tells_too_much,
    Flaw.CONVERGENCE: converges,
}


# What a quiz is sent back for, and what is said of it. The other kinds are a matter of degree, or
# of what is taught: a gap is right in a language lesson, and choices are shuffled anyway.
REFUSED = {
    Flaw.EQUAL_VALUES: "two choices are one value, written in two ways",
    Flaw.IMPLAUSIBLE: "a choice is a joke, a shrug or a placeholder; write a wrong answer",
}


def find_certain(question: QuestionContent) -> list[Flaw]:
    # In no language: what shrugs in one may be a phrase to be learnt in another.
    item = item_of(question, "und")
    return [flaw for flaw in REFUSED if _RULES[flaw](item)]


def find_flaws(item: Item) -> set[Flaw]:
    return {flaw for flaw, has_it in _RULES.items() if has_it(item)}
