"""Whether a quiz is in its content language, those of language lessons included. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from concepts.content import QuestionContent, QuizContent
from concepts.languages.detecting import find_main, shares_of
from concepts.languages.judging import find_wrong_language
from concepts.languages.prose import MIN_PROSE
from roadmaps.text import text_key, words

# Of the words of its choices a lesson quotes this share at least (15 to 43 % in those of the tests)
# and a quiz with forgotten choices less: it names terms, such as "cache" (up to 9 %).
MIN_QUOTED = 0.12
# Terms alone, such as "point of sale" and "time to market", have fewer kinds of common words.
MIN_COMMON = 4
_COMMON = (
    "the of and to in is that it for you are with this be on as by or from which when can not what "
    "how your"
)
COMMON_ENGLISH = frozenset(_COMMON.split())
# What English is called in the languages we know.
_ENGLISH = re.compile(
    r"\b(?:engl|engels|anglais|anglès|angli[cč]|angiel|angol|ingl[eéê]s|ingge?ris|i\u0307?ngiliz"
    r"|англ|енглес|αγγλ|tiếng anh)|נגלית|نجليز|انگلیس|انگریز|अंग्रेज|अँग्रेज|ইংরেজ|ஆங்கில|อังกฤษ"
    r"|영어|영문|英语|英語|英文|英式"
)
_INLINE_CODE = re.compile(r"`[^`\n]*`")
_LOOKS_LIKE_CODE = re.compile(
    r"[={}\[\]<>|\\$@#_]|\w\(|[A-Za-z][.:][A-Za-z]|(?:^|\s)--?\w|[;:]$|^\s*[./]"
)
_WORD = re.compile(r"[A-Za-z]+")
_PIECES = re.compile(r"[.?!:;\n。？！：；“”\"«»「」]+")


def quiz_language_problems(quiz: QuizContent, language: str) -> Iterator[str]:
    """Stems, choices and reasons are judged apart: each kind of text may be the forgotten one."""
    stems = [question.stem for question in quiz.questions]
    reasons = [text for question in quiz.questions for text in _reasons(question)]
    complaints = {
        "the questions": _wrong_stems(stems, language),
        "the choices": _wrong_choices(quiz, language),
        "the reasons and explanations": find_wrong_language("\n".join(reasons), language),
    }
    yield from (f"{name}: {wrong}" for name, wrong in complaints.items() if wrong)


def _reasons(question: QuestionContent) -> list[str]:
    return [question.explanation, *(choice.rationale for choice in question.choices)]


def _wrong_stems(stems: list[str], language: str) -> str | None:
    """A text to be read in a foreign script may be much longer than what is asked about it."""
    wrong = find_wrong_language("\n".join(stems), language)
    is_script = find_wrong_language("\n".join(stems), language, by_words=False)
    return None if is_script and all(_asks_in(language, stem) for stem in stems) else wrong


def _asks_in(language: str, stem: str) -> bool:
    """Whether a piece of it is in the script of the language, and more than a term."""
    # Repeated, for of a text as short as that nothing is said.
    return any(
        not find_wrong_language(f"{piece[:100]} " * MIN_PROSE, language, by_words=False)
        for piece in _PIECES.split(stem)
        if len(words(piece)) > 2
    )


def _wrong_choices(quiz: QuizContent, language: str) -> str | None:
    """Choices in another language are the rule where it is learnt, and code is in none.

    So only English sentences are looked at, which is what models fall back to. Whether they are
    the material of a lesson or were forgotten shows in what stands around them: a lesson speaks of
    English, or of the very words of its choices; whoever forgot the language explains in it what
    the choices say, and names a term at most.
    """
    texts = [choice.text for question in quiz.questions for choice in question.choices]
    prose = [text for text in texts if not _LOOKS_LIKE_CODE.search(text)]
    english = "\n".join(text for text in prose if _may_be_english(text))
    wrong = find_wrong_language("\n".join(prose), language)
    if not wrong or not _is_english(english) or _is_material(english, quiz):
        return None
    return f"{wrong}; where it is what is learnt, quote it in questions and reasons"


def _may_be_english(text: str) -> bool:
    """Rather than a term or a title: with a common word, and others in small letters."""
    plain = _INLINE_CODE.sub(" ", text)
    if any(letter.isalpha() and not letter.isascii() for letter in plain):
        return False
    found = {word for word in _WORD.findall(plain) if not word.isupper()}
    others = {word for word in found if word.islower()} - COMMON_ENGLISH
    return len(others) >= 2 and any(word.casefold() in COMMON_ENGLISH for word in found)


def _is_english(prose: str) -> bool:
    plain = _INLINE_CODE.sub(" ", prose)
    common = COMMON_ENGLISH & {word.casefold() for word in _WORD.findall(plain)}
    is_varied = len(common) >= MIN_COMMON and find_main(shares_of(plain)) == "en"
    return is_varied and len(prose) >= MIN_PROSE


def _is_material(choices: str, quiz: QuizContent) -> bool:
    vocabulary = words(_INLINE_CODE.sub(" ", choices))
    quoted: Counter[str] = Counter()
    for question in quiz.questions:
        around = "\n".join([question.stem, question.objective, *_reasons(question)])
        if _ENGLISH.search(text_key(around)):
            return True
        quoted.update(vocabulary & words(around))
    # What most of the questions name is their topic.
    told = sum(2 * count <= len(quiz.questions) for count in quoted.values())
    return told >= MIN_QUOTED * len(vocabulary)
