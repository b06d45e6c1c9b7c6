"""What must never reach a learner in a quiz: the rules of content.md. Pure.

Every rule is a generator of complaints in plain English; `lint_quiz` runs them all, so that one
repair round can mend everything at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import combinations
from statistics import mean

from concepts.content import ChoiceContent, QuestionContent, QuizContent
from concepts.lint.flaws.finding import REFUSED, find_certain
from concepts.lint.flaws.references import find_reference
from concepts.lint.lengths import MAX_LENGTH_RATIO, is_longest_by_far
from concepts.lint.places import names_of_places
from concepts.lint.verdicts import contradicting_explanation, contradicting_rationales
from concepts.markdown.foreign import without_languages
from concepts.markdown.quiz_text import visible_choice
from roadmaps.text import output_key, text_key, word_overlap

MIN_CHOICES, MAX_CHOICES = 3, 5
# Types whose choices are told apart by what they say; lines speak for themselves.
_OF_CHOICES = ("single", "multiple", "true_false")
# What is longer tests patience in typing. Characters of all its lines together.
MAX_OUTPUT_LINES, MAX_OUTPUT_CHARACTERS = 8, 240
# A quiz where more than this share of the keys is the one longest choice can be guessed by shape.
MAX_LONGEST_SHARE = 0.6
DUPLICATE_OVERLAP = 0.9

_OF_A_LIST = (
    r"\W|only|both|neither|and|or|nor|are|is|all|right|correct|true|wrong|false"
    r"|[和与及或都均皆全不非对是错]|以及|只有|仅|正确|错误|成立|全部"
)
_LETTERS_ONLY = re.compile(rf"(?:[a-e]|{_OF_A_LIST})+")
_NUMBERS_ONLY = re.compile(rf"(?:\d|{_OF_A_LIST})+")
_NAMES = re.compile(r"(?<![a-z0-9])[a-e1-5](?![a-z0-9])")
# A comment behind code, and a sign of what it gives.
_COMMENT = re.compile(r"(?:#|--)[ \t]*(?:->|=>|→|:)?|//[ \t]*(?:->|=>|→|:)")
_EXCEPT_VALUE = re.compile(r"^\W*[a-z] ?= ?|\W")
# An article is followed by another word.
_NO_ARTICLE = r"(?! (?!(?:and|or|is|are|to|has)\b)[a-z0-9])"


def lint_quiz(quiz: QuizContent) -> list[str]:
    """Everything that is wrong with a quiz, one sentence each; an empty list is a pass."""
    quiz = without_marks(quiz)
    complaints: list[str] = []
    for number, question in enumerate(quiz.questions, start=1):
        for rule in _QUESTION_RULES:
            complaints += [f"question {number}: {text}" for text in rule(question)]
    return complaints + list(_duplicate_stems(quiz)) + list(_longest_is_right(quiz))


def without_marks(quiz: QuizContent) -> QuizContent:
    """As it reads: which language a word is in says nothing of what is asked."""
    questions = [_without_marks(question) for question in quiz.questions]
    return quiz.model_copy(update={"questions": questions})


def _without_marks(question: QuestionContent) -> QuestionContent:
    texts = (question.stem, question.explanation)
    stem, explanation = map(without_languages, texts)
    choices = [
        choice.model_copy(
            update={
                "text": without_languages(choice.text),
                "rationale": without_languages(choice.rationale),
            }
        )
        for choice in question.choices
    ]
    read = {"stem": stem, "explanation": explanation, "choices": choices}
    return question.model_copy(update=read)


def _correct_count(question: QuestionContent) -> Iterator[str]:
    correct = sum(choice.is_correct for choice in question.choices)
    if question.type == "multiple":
        if not 1 <= correct < len(question.choices):
            yield f"{correct} of {len(question.choices)} choices are correct; some must be, not all"
    elif question.type == "faulty_line":
        if correct != 1:
            yield f"{correct} lines are marked as the faulty one (is_correct); exactly one must be"
    elif correct != 1 and question.type in _OF_CHOICES:
        yield f"{correct} choices are correct; exactly one must be"


def _choice_count(question: QuestionContent) -> Iterator[str]:
    count = len(question.choices)
    if question.type == "true_false":
        if count != 2:
            yield f"a true/false question has {count} choices instead of 2"
    elif question.type in _OF_CHOICES and not MIN_CHOICES <= count <= MAX_CHOICES:
        yield f"{count} choices; {MIN_CHOICES} to {MAX_CHOICES} are wanted"


def _distinct_choices(question: QuestionContent) -> Iterator[str]:
    if len({visible_choice(choice.text) for choice in question.choices}) < len(question.choices):
        yield "two choices read the same"


def _no_shortcuts(question: QuestionContent) -> Iterator[str]:
    if question.type not in _OF_CHOICES:
        return
    keys = [text_key(choice.text) for choice in question.choices]
    for place, (choice, key) in enumerate(zip(question.choices, keys, strict=True)):
        others = keys[:place] + keys[place + 1 :]
        found = find_reference(key)
        if found and not (
            _is_among_its_like(key, others)
            or _names_values(found[0], others, text_key(question.stem))
        ):
            yield f"the choice “{choice.text}” refers to other choices"


def _certain_flaws(question: QuestionContent) -> Iterator[str]:
    """What is a flaw in any subject and language; the rest of the kinds is for `make audit`."""
    for flaw in find_certain(question):
        yield REFUSED[flaw]


def _is_among_its_like(key: str, others: list[str]) -> bool:
    """Whether it is an answer: an output to be predicted, or statements of the stem.

    "A and B" needs two others to refer to. Numbers may be choices as well as count them, so one
    of them must come back.
    """
    if _LETTERS_ONLY.fullmatch(key):
        return sum(not _LETTERS_ONLY.fullmatch(other) for other in others) < 2
    return (
        bool(_NUMBERS_ONLY.fullmatch(key))
        and sum(not _NUMBERS_ONLY.fullmatch(other) for other in others) < 2
        and not set(_NAMES.findall(key)).isdisjoint(_NAMES.findall(" ".join(others)))
    )


def _names_values(found: str, others: list[str], stem: str) -> bool:
    """Whether “both 2 and 3” are roots of an equation, “both a and b” the variables of a stem."""
    names = set(_NAMES.findall(found))
    is_list = _LETTERS_ONLY.fullmatch(found) or _NUMBERS_ONLY.fullmatch(found)
    if not is_list or len(names) < 2:
        return False
    return any(_EXCEPT_VALUE.sub("", other) in names for other in others) or all(
        _is_mentioned(name, stem) for name in names
    )


def _is_mentioned(name: str, stem: str) -> bool:
    after = _NO_ARTICLE if name == "a" else ""
    return bool(re.search(rf"(?<![a-z0-9_'’.]){name}(?![a-z0-9_'’]|\.\d){after}", stem))


def _rationales(question: QuestionContent) -> Iterator[str]:
    for choice in question.choices:
        if not choice.rationale.strip():
            yield f"the choice “{choice.text}” gives no reason"
    if not question.explanation.strip():
        yield "there is no explanation"


def _length_gives_away(question: QuestionContent) -> Iterator[str]:
    if question.type not in ("single", "multiple"):
        return
    right, wrong = _lengths(question.choices)
    if is_longest_by_far(right, wrong):
        longest, typical = max(right), mean(wrong)
        yield (
            f"the correct choice is {longest / typical:.1f} times as long as the others "
            f"({MAX_LENGTH_RATIO} is the limit)"
        )


def _output_is_typed(question: QuestionContent) -> Iterator[str]:
    for text in question.accepted:
        if len(text.splitlines()) > MAX_OUTPUT_LINES or len(text) > MAX_OUTPUT_CHARACTERS:
            yield (
                f"the output is too long to be typed; {MAX_OUTPUT_LINES} lines and "
                f"{MAX_OUTPUT_CHARACTERS} characters are the most"
            )


def _output_stands_there(question: QuestionContent) -> Iterator[str]:
    """Whoever copies code from a lesson copies its `# -> 3`, too."""
    accepted = {output_key(line).strip() for text in question.accepted for line in text.split("\n")}
    accepted.discard("")
    for line in question.stem.splitlines():
        for mark in [*_COMMENT.finditer(line)][-1:]:
            if output_key(line[mark.end() :]).strip(" `") in accepted:
                yield f"the stem tells the output in a comment: “{line.strip()}”"


def _lengths(choices: list[ChoiceContent]) -> tuple[list[int], list[int]]:
    right = [len(choice.text) for choice in choices if choice.is_correct]
    wrong = [len(choice.text) for choice in choices if not choice.is_correct]
    return right, wrong


def _longest_is_right(quiz: QuizContent) -> Iterator[str]:
    singles = [_lengths(q.choices) for q in quiz.questions if q.type == "single"]
    telling = [bool(right and wrong) and max(right) > max(wrong) for right, wrong in singles]
    if len(singles) >= 4 and sum(telling) > MAX_LONGEST_SHARE * len(singles):
        yield f"the correct choice is the longest in {sum(telling)} of {len(singles)} questions"


def _duplicate_stems(quiz: QuizContent) -> Iterator[str]:
    for (i, one), (j, other) in combinations(enumerate(quiz.questions, start=1), 2):
        if word_overlap(one.stem, other.stem) >= DUPLICATE_OVERLAP:
            yield f"questions {i} and {j} ask the same"


_QUESTION_RULES: tuple[Callable[[QuestionContent], Iterator[str]], ...] = (
    _correct_count,
    _choice_count,
    _distinct_choices,
    _no_shortcuts,
    _certain_flaws,
    _rationales,
    _length_gives_away,
    _output_is_typed,
    _output_stands_there,
    contradicting_rationales,
    contradicting_explanation,
    names_of_places,
)
