"""Reasons that contradict their own key, or point at a place where no choice stays. Pure.

A model that marks the wrong choice often gives the right reasons for it all the same. Two cases can
be seen without understanding the question: a rationale that opens with the opposite verdict, and an
explanation that names a wrong choice as the answer. And whatever calls a choice B, or the second,
means another one when the choices have been shuffled. A false alarm costs a paid repair, so
whatever could be read in another way is let pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from concepts.content import ChoiceContent, QuestionContent
from roadmaps.text import text_key

QUOTES_AND_STRESS = re.compile(r"[`*\"'“”‘’„«»「」『』]")
CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)

# What shows that a verdict was one. After a comma it takes a word that starts a sentence: "Right,
# left and full joins differ" judges nothing. So does a colon, and "Correct: she has gone" may be
# the correction of a wrong choice.
_STARTS = r"(?:because|since|as|this|that|thats|the|it|its|these|those|they|you|we|so|there)\b"
_PAUSE = rf"(?=\s*(?:$|[.!;—–](?!\w)|\s-\s)|,?\s(?:because|since)\b|,\s{_STARTS})"
_COLON = rf"(?=:\s{_STARTS})"
_PAUSE_ZH = r"(?=\s*(?:$|[。.!;,—]))"
_THIS_IS = r"th(?:at|is)(?:s| is| (?:answer|choice|option) is) "
_THIS_IS_ZH = r"(?:这个?|此|该|本)?(?:选项|答案|回答|选择|项)?(?:是|完全)?"
_SAYS_RIGHT = re.compile(
    rf"\A\W*(?:(?:(?:absolutely|exactly|quite) )?(?P<en>correct|right){_PAUSE}"
    rf"|{_THIS_IS}(?:the )?(?P<this>correct|right)(?: answer| choice| option)?(?:{_PAUSE}|{_COLON})"
    rf"|(?P<yes>yes){_PAUSE}"
    rf"|{_THIS_IS_ZH}(?P<zh>正确|没错|答对|选对|对|是)[的了]?{_PAUSE_ZH})"
)
_SAYS_WRONG = re.compile(
    rf"\A\W*(?:(?:{_THIS_IS})?(?P<en>incorrect|wrong|not (?:correct|right))(?:{_PAUSE}|{_COLON})"
    rf"|(?P<no>no)(?!\.\s*\d){_PAUSE}"
    rf"|{_THIS_IS_ZH}(?P<zh>不正确|不对|错误|答错|选错|错)[的了]?(?:{_PAUSE_ZH}|:))"
)
# "Correct, but not what was asked" is a good reason against a choice.
_CONCESSION = re.compile(
    r"\b(?:but|however|though|although|yet|except|unless|nevertheless|partly|irrelevant|asked"
    r"|question|beside)\b|但|不过|然而|可是|只是|却|虽|尽管|无关|题|所问|除非"
)
# So is one that agrees in passing and then objects: "Correct, this makes a list. The numbers are
# missing." A lack objects anywhere, a mere no only after what was agreed to ("Yes, it only reads").
_BACKS_VERDICT = re.compile(
    r",\s?(?:because\b|since\b|因为|th(?:at|is)(?:s| is) (?:right|correct)\b)"
)
_CLAUSE_END = re.compile(r"\.(?!\w)|[,;:!?。—–]|\s-\s|\band\b")
_LACK = re.compile(
    r"\b(?:miss(?:es|ing)?|lack\w*|omit\w*|forget\w*|ignor\w*|drop\w*|los(?:es?|ing|t)|fail\w*"
    r"|leav\w+ out|without|instead|insufficient|incomplete)\b|缺|漏|丢|忽略|没有|不足|不够|无法"
)
_NEGATIVE = re.compile(
    r"n['’]?t\b|\b(?:not|no|none|never|nothing|nobody|cannot|neither|nor|only|just|too|still|wrong"
    r"|incorrect|rather)\b|[不没未只仅]"
)
# Where the stem asks for what is false or broken, a verdict may be on the statement in a choice ...
_ASKS_FOR_FAULTS = re.compile(
    r"n['’]t\b|\b(?:not|cannot|no|none|never|neither|nor|without|except\w*|exclud\w*|least|worst|bad"
    r"|false\w*|wrong\w*|un(?!der|til|i)\w+|in(?:correct|accurate|valid|secure|efficient)\w*|mis\w+"
    r"|errors?|bugs?|flaw\w*|fault\w*|myths?|problems?|odd|risk\w*|danger\w*|vulnerab\w*|attack\w*"
    r"|leak\w*|illegal|useless|redundant|superfluous|anti\w*|avoid\w*|forbid\w*|refus\w*|reject\w*"
    r"|flag\w*|complain\w*|warn\w*|rais\w*|crash\w*|fail\w*|break\w*|broke\w*|violat\w*|fix\w*"
    r"|repair\w*|improv\w*|chang\w*|remov\w*|correct(?:ed|ions?|s))\b"
    r"|[不错误非除没否吗修改禁]|问题|失败|异常|漏洞|避免|多余|危险|风险|泄露|警告"
)
# ... and where it says what somebody thinks, on that.
_QUOTES_SOMEBODY = re.compile(
    r"\b(?:sa(?:y|ys|id)|claim\w*|think\w*|believ\w*|argu\w*|suggest\w*|propos\w*|asks?|asked|tells?"
    r"|told|answer|reply|agree\w*|object\w*|wonder\w*)\b|说(?![法明])|认为|觉得|以为|声称|主张|提问"
)
_QUESTION_WORD = re.compile(r"\b(?:what|which|who|whom|whose|when|where|why|how)\b|[\u3400-\u9fff]")

_CLAIM = re.compile(
    r"(?:\b(?:the |the only |one )|(?<![^.!?:;,] ))(?:correct|right) (?:answer|choice|option) "
    r"(?:here |therefore |thus |then )?is:? "
    r"|(?:正确的?(?:答案|选项|选择)|(?:(?<![^。;,!?:\s])|(?<=所以|因此|因而|本题|此题)|(?<=故))答案)"
    r"(?:应该?|就|便)?[是为]:? ?"
    r"|(?<![不非])应[该当]?选择?:? ?"
)
# The choice must stand there whole, and unconditionally.
_CLAIM_ENDS = re.compile(
    r"(?:(?=$|[.!?](?![a-z0-9_])|[;:。—–]|,(?! ?\d)| [-(])"
    r"|(?= (?:because|since)\b|,?(?:因为|而不是|而非)))"
    r"(?![,;]? (?:if|when|while|whereas|only|unless|provided|or|and|but|for|in|on|with|under)\b"
    r"|[,;] ?(?:如果|当|若|或|和|以及|对于|但))"
)
_SENTENCE_END = re.compile(r"[.!?](?=\s)|[。!?;]")
_CONCLUDES = re.compile(
    r"\b(?:so|thus|therefore|hence|then|because|since|means)\b|所以|因此|因而|故|因为|由于|可见|综上|题"
)
# An answer to another question, or one that somebody else would give.
_HEDGE = re.compile(
    r"^(?:for|in|on|at|under|with|without|while|unlike|before|after|once|until|from|to)\b"
    r"|\b(?:if|when|were|would|had|unless|suppose\w*|assum\w*|otherwise|think\w*|thought|believ\w*"
    r"|seem\w*|appear\w*|look\w*|tempt\w*|many|people|some|say\w*|claim\w*|guess\w*|mis\w+|wrong\w*)\b"
    r"|^(?:对|在|要|想)|如果|如若|假如|假设|假若|要是|倘|若|当|除非|否则|以为|认为|觉得|有人|很多|看似|似乎|误"
)


def contradicting_rationales(question: QuestionContent) -> Iterator[str]:
    """Those of a true/false question are left alone: they judge its statement, not the choice; and
    of code with a fault most lines are right."""
    if question.type not in ("single", "multiple") or _asks_for_verdicts(question.stem):
        return
    texts = [_plain(choice.text) for choice in question.choices]
    for choice in question.choices:
        if _is_contradicted(choice, texts):
            marked, said = ("right", "wrong") if choice.is_correct else ("wrong", "right")
            yield (
                f"the choice “{choice.text}” is marked {marked}, and its rationale says that it "
                f"is {said}"
            )


def contradicting_explanation(question: QuestionContent) -> Iterator[str]:
    named = [] if question.type == "order" else _named_choices(question)
    rights = [_key(choice) for choice in question.choices if choice.is_correct]
    # "5 rows" may be how the explanation puts the right choice "5".
    if named and not any(_is_akin(_key(choice), right) for choice in named for right in rights):
        yield f"the explanation says that “{named[0].text}” is right, and it is marked wrong"


def _plain(text: str) -> str:
    return text_key(QUOTES_AND_STRESS.sub("", text))


def _key(choice: ChoiceContent) -> str:
    return _plain(choice.text).rstrip(" .。!")


def _is_akin(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _asks_for_verdicts(stem: str) -> bool:
    """Whether a verdict may be on something else than that the choice is the answer."""
    prose = text_key(CODE.sub("x", stem))
    sentences = re.split(r"(?<=[.!?:])\s+|(?<=[。?])(?=\w)", prose)
    asked = [sentence for sentence in sentences if sentence.endswith("?")] or [prose]
    return bool(_QUOTES_SOMEBODY.search(prose)) or any(
        _ASKS_FOR_FAULTS.search(sentence) or _is_polar(sentence) for sentence in asked
    )


def _is_polar(sentence: str) -> bool:
    """Whether yes and no answer it. A Chinese one would hold 吗, 不 or 否."""
    return sentence.endswith("?") and not _QUESTION_WORD.search(sentence)


def _is_contradicted(choice: ChoiceContent, texts: list[str]) -> bool:
    reason = _plain(choice.rationale)
    verdict = (_SAYS_WRONG if choice.is_correct else _SAYS_RIGHT).match(reason)
    if verdict is None or _CONCESSION.search(reason):
        return False
    if not choice.is_correct and _goes_on_to_object(reason[verdict.end() :]):
        return False
    # A choice that holds the word itself may be what the rationale repeats.
    (word,) = filter(None, verdict.groups())
    return not any(_holds(text, word) for text in texts)


def _goes_on_to_object(rest: str) -> bool:
    """Whether what follows a verdict and its comma takes back what that granted."""
    if not rest.startswith(",") or _BACKS_VERDICT.match(rest):
        return False
    granted, *later = _CLAUSE_END.split(rest[1:])
    return bool(_LACK.search(granted)) or any(
        _LACK.search(clause) or _NEGATIVE.search(clause) for clause in later
    )


def _holds(text: str, word: str) -> bool:
    if len(word) > 1 and not word.isascii():
        return word in text
    return bool(re.search(rf"(?<!\w){word}(?!\w)", text))


def _named_choices(question: QuestionContent) -> list[ChoiceContent]:
    """What the explanation calls the right answer, in so many words."""
    text = _plain(question.explanation)
    found = [
        _choice_at(claim.end(), text, question.choices)
        for claim in _CLAIM.finditer(text)
        if _is_meant(_SENTENCE_END.split(text[: claim.start()])[-1].strip())
    ]
    return [choice for choice in found if choice]


def _is_meant(lead: str) -> bool:
    """Whether what a sentence says before its claim leaves it one about this question."""
    return not lead or bool(_CONCLUDES.search(lead) and not _HEDGE.search(lead))


def _choice_at(place: int, text: str, choices: list[ChoiceContent]) -> ChoiceContent | None:
    """The choice that stands there, whole; of several the longest."""
    keys = {_key(choice): choice for choice in choices}
    there = [
        key
        for key in keys
        if key and text.startswith(key, place) and _CLAIM_ENDS.match(text, place + len(key))
    ]
    return keys[max(there, key=len)] if there else None
