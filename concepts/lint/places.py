"""Reasons that name a choice by its place, which shuffling changes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from concepts.content import QuestionContent
from concepts.lint.verdicts import CODE, QUOTES_AND_STRESS

_UPPER = r"(?:\(([A-Ea-e])\)|([A-E]))"
_NOUN = r"(?:options?|choices?|alternatives?)"
# Not "option C++", "answer A/B tests", "选项A4".
_NAME_ENDS = r"(?![A-Za-z0-9_+#/-]|\.\w)"
_STANDS_ALONE = (
    r"(?=\s*(?:$|[^\w\s+#/.-]|\.(?!\w)|[项選选因而和与或]"
    r"|(?:because|since|as|and|or|not|while|which|here)\b))"
)
_SENTENCE = r"(?:^|[.;:!?,。、]\s?|\b(?:so|thus|hence|therefore|while|whereas|because|but|and) )"
_BE_RIGHT = (
    r"(?:is|are|was|were|would be) (?:the |also |not |both )*(?:in)?(?:correct|right|wrong)\b"
)
_ORDINAL = r"(?:first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th)"
_NOT_OURS = r"(?! (?:for|when|if|of|to|in|on|among|from|that|given|and|but|is to)\b)"
# Each has the letter or number in one of its groups. A lower "a" counts in brackets only.
_NAMED_BY_LETTER = tuple(
    map(
        re.compile,
        (
            rf"\b(?i:answers?|{_NOUN}) (?:\(([A-Ea-e])\)|([A-Eb-e])){_NAME_ENDS}",
            rf"\b(?i:answer|{_NOUN})(?: here)?(?: is| was| would be|:) {_UPPER}{_STANDS_ALONE}",
            rf"{_SENTENCE}{_UPPER} {_BE_RIGHT}",
            rf"\b(?i:{_NOUN}) (?:#|no\. ?|number )?\(?([1-5])(?![\w%]|\.\d)",
            r"\bAnswer #?\(?([1-5])(?=\)| (?:is|and|or|was|would)\b|[,:;])",
            rf"[选選][项項] ?\(?([A-Ea-e1-5]){_NAME_ENDS}(?![个個])",
            rf"(?<![A-Za-z0-9_+-]){_UPPER} ?(?:[选選][项項]|项(?!目))",
            rf"答案 ?(?:应该?|就)?[是为為选選:]:? ?{_UPPER}{_STANDS_ALONE}",
            rf"[选選][择擇]? ?{_UPPER}{_STANDS_ALONE}",
            rf"{_SENTENCE}{_UPPER} ?(?:是|也)?(?:不?正[确確]|[错錯][误誤]?|不?[对對])的?(?!\w)",
        ),
    )
)
_NAMED_BY_PLACE = re.compile(
    rf"\b{_ORDINAL}(?: (?:and|or) (?:the )?{_ORDINAL})? {_NOUN}\b{_NOT_OURS}"
    # "GET is the first choice" and "the last option" are sayings.
    rf"(?:(?= [a-z])|(?<!\bfirst option)(?<!\bfirst choice)(?<!\blast option)(?<!\blast choice))"
    rf"|\b{_ORDINAL} answers? {_BE_RIGHT}"
    r"|(?:第[一二三四五1-5]|最[后後]一?|[前后後][两兩二三])[个個]?[选選][项項]"
    r"|[选選][项項][一二三四五](?=$|\W|[和与是的错把将会要能只都则也没])",
    re.IGNORECASE,
)
# A stem may be about options; "which of the following options" is not.
_ASKS_FOR_OPTION = re.compile(
    rf"\b(?:which|what|these|following|correct|right|best|other)(?: {_NOUN})|"
    r"(?:哪[些一]?|下列|以下|下面|正确的?|的|各|所有)[个個]?[选選][项項]",
    re.IGNORECASE,
)
_OPTION = re.compile(rf"\b{_NOUN}\b|[选選][项項]", re.IGNORECASE)
# A stem that offers ways of its own ("Two ways are …", "1. … 2. …"), not one that asks for some.
_WAY = (
    r"(?:ways?|approach(?:es)?|methods?|designs?|plans?|solutions?|strateg(?:y|ies)|possibilit(?:y|ies)"
    r"|versions?|variants?|proposals?|ideas?|techniques?|paths?|candidates?|offers?)"
)
_OFFERS = re.compile(
    r"(?<!which )(?<!what )(?<!choose )(?<!select )(?<!pick )(?<!name )(?<!mark )(?<!these )"
    r"(?<!following )(?<!of the )\b(?:two|three|four|five|several|[2-5]) "
    rf"(?:[\w-]+ ){{0,2}}{_WAY}\b"
    rf"|\bthe {_ORDINAL} (?:one|{_WAY})\b|\bthe (?:former|latter)\b"
    # From the last first to a second: no text is looked through again for each first in it.
    r"|(?<!\w)(?:1[.):](?:(?!\b1[.):]).)*(?<!\w)2|a[.)](?:(?!\ba[.)]).)*(?<!\w)b)[.):](?!\d)"
    r"|①[^①]*②"
    r"|(?<![哪下])[两兩二三四几幾][个個种種](?:[方办辦][法式案]|做法|途径|途徑|策略|思路|写法|寫法)"
    r"|(?:方案|方法|做法)[一1A](?:(?!(?:方案|方法|做法)[一1A]).)*(?:方案|方法|做法)[二2B]",
    re.IGNORECASE | re.DOTALL,
)


def names_of_places(question: QuestionContent) -> Iterator[str]:
    """Choices are shuffled when they are saved: a letter or a number then leads to another one."""
    reasons = [("the explanation", question.explanation)]
    reasons += [(f"the rationale of “{one.text}”", one.rationale) for one in question.choices]
    for name, reason in reasons:
        if called := _called_by_place(_without_code(reason), question):
            yield f"{name} calls a choice “{called}”, and choices are shuffled: say what it says"


def _called_by_place(reason: str, question: QuestionContent) -> str | None:
    choices = "\n".join(choice.text for choice in question.choices)
    shown = unicodedata.normalize("NFKC", f"{question.stem}\n{choices}")
    # A reason may name each hundreds of times: what is shown is looked through once for each.
    called = {found[0]: found for one in _NAMED_BY_LETTER for found in one.finditer(reason)}
    names = {found: next(filter(None, found.groups())) for found in called.values()}
    labels, folded = {one for one in set(names.values()) if _is_label(one, shown)}, shown.casefold()
    for found, name in names.items():
        if name not in labels and found[0].casefold() not in folded:
            return found[0].strip(" .;:!?,。、")
    is_material = _OPTION.search(
        choices + _ASKS_FOR_OPTION.sub("", question.stem)
    ) or _OFFERS.search(CODE.sub("x", question.stem))
    found_place = None if is_material else _NAMED_BY_PLACE.search(reason)
    return found_place[0] if found_place else None


def _is_label(name: str, shown: str) -> bool:
    """Whether the learner sees something that is called so: server B, vitamin C, 2 rows."""
    before, after = r"(?<![A-Za-z0-9_'’.])", r"(?![A-Za-z0-9_'’])"
    if name in "Aa":
        # An article is followed by another word.
        verbs = r"(?:is|are|and|or|to|has|does|calls)\b"
        return bool(re.search(rf"{before}A(?! (?!{verbs})){after}|[`'\"(]a[`'\"),=]", shown))
    return bool(re.search(rf"{before}{name}{after}", shown, re.IGNORECASE))


def _without_code(text: str) -> str:
    """Without code and quotation marks, in upper and lower case."""
    prose = QUOTES_AND_STRESS.sub("", CODE.sub("x", text))
    return " ".join(unicodedata.normalize("NFKC", prose).split())
