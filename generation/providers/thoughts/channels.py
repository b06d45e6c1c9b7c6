"""Answers in channels or under headlines: thoughts in one, the answer in another. Pure.

OpenAI's open models (and Meta's after them) say `<|channel|>analysis<|message|>…`; servers that
cut the special tokens out leave `analysis…assistantfinal…`. Others put plain words before their
thoughts and before their answer.
"""

from __future__ import annotations

import re
from itertools import takewhile

from generation.providers.thoughts.marks import find_in_prose

_HEADER = re.compile(
    r"(?:<\|start\|>\s{0,4}(?P<role>[\w.]{1,40})[ \t]{0,4})?"
    r"(?:(?:to=(?P<to>[\w.-]{1,80})\s{0,4})?<\|channel\|>\s{0,4}(?P<channel>\w{1,40})"
    r"(?:(?:\s{0,4}to=(?P<called>[\w.-]{1,80}))?[^<\n]{0,80}(?:<\|constrain\|>[^<\n]{0,40})?<\|message\|>|(?=\s))"
    r"|(?:to=(?P<recipient>[\w.-]{1,80}))?<\|message\|>)"
)
_OTHERS = ("user", "system", "developer", "tool")
_END = re.compile(r"<\|(?:end|return|call|eom|eot|start|channel)\|>")
# The same without its special tokens.
_STRIPPED = re.compile(r"\s*(?:assistant)?(?:analysis|commentary)(?=[A-Z\u3400-\u9fff]|\s*\S)")
_STRIPPED_FIRST = re.compile(r"\s*(?:assistant)?(?:analysis|commentary)(?=[A-Z\u3400-\u9fff]|\n)")
_STRIPPED_FINAL = re.compile(r"assistant\s{0,4}final(?=\s|\W|[A-Z0-9]|$)")
_BARE_FINAL = re.compile(r"\s*(?:assistant ?)?final(?=[#{A-Z\u3400-\u9fff=*]|\n)")

_SAYS = r"[ \t]{0,4}(?:here is|here's|here are|below is|below are)"
# First what begins thoughts in words, then what ends them.
_HEADLINES = (
    (
        re.compile(
            rf"\A\s*{_SAYS} my (?:thought process|reasoning(?: steps| process)?|thoughts|thinking"
            r"(?: process)?|chain of thought)[^\n:]{0,40}:",
            re.IGNORECASE,
        ),
        re.compile(
            rf"^{_SAYS} my (?:final )?(?:response|answer|tutorial|output)[^\n:]{{0,40}}:",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
    (
        re.compile(r"\A\s*(?:thinking|思考中?)[ \t]?(?:\.{3}|…)[ \t]*(?:\n|$)", re.IGNORECASE),
        re.compile(
            r"^[ \t]*(?:\.{3}|…)[ \t]?done thinking\.?[ \t]*$", re.IGNORECASE | re.MULTILINE
        ),
    ),
    (
        re.compile(
            r"\A\s*\*\*(?:thinking|thoughts?|reasoning|thought process|chain of thought)"
            r"(?: process)?:?\*\*:?[ \t]*\n",
            re.IGNORECASE,
        ),
        re.compile(
            r"^\*\*(?:final )?(?:answer|response|output|tutorial):?\*\*:?[ \t]*$",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
)
_DONE_THINKING = _HEADLINES[1][1]
# Under a heading, or as agents were taught to write.
_TITLES = (
    (
        re.compile(
            r"\A\s*(?:#{1,6} ?|\*\*)?(?:my )?(?:thinking|thoughts?|reasoning|analysis"
            r"|(?:internal|inner) (?:reasoning|monologue)|chain of thought|scratchpad)(?: process)?"
            r"(?::\*{0,2}|\*\*:?|[ \t]*\n)",
            re.IGNORECASE,
        ),
        re.compile(
            r"^(?:#{1,6} ?|\*\*)?(?:my )?(?:final (?:answer|response|output)|final|answer|response)"
            r"(?::\*{0,2}[ \t]*|\*\*:?[ \t]*$|[ \t]*$)",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
    (
        re.compile(r"\A\s*(?:#{1,6} ?|\*\*)?(?:思考过程|思考|推理过程|思维链)\*{0,2}[:：\n]"),
        re.compile(
            r"^(?:#{1,6} ?|\*\*)?(?:最终答案|最终回答|正式回答|答案|回答)\*{0,2}"
            r"(?:[:：]\*{0,2}[ \t]*|[ \t]*$)",
            re.MULTILINE,
        ),
    ),
)
# A block of code that is none: "```thinking". It may hold others.
_FENCED = re.compile(
    r"\s*(?P<fence>`{3,}|~{3,})(?:think(?:ing)?|thoughts?|reasoning|analysis|scratchpad)[ \t]*\n",
    re.IGNORECASE,
)
_FENCE = re.compile(r"^[ \t]{0,3}(`{3,}|~{3,})([^\n]{0,80})$", re.MULTILINE)
_GEMMAS_WORD = re.compile(r"\s*thoughts?[ \t]*\n")
# A line on thoughts, perhaps in italics, and the thoughts themselves as a quotation.
_QUOTED = re.compile(
    r"\s*[*_]{0,2}(?:💭[^\n]{0,80}|thinking(?:\.{3}|…)|(?:thought|reasoned) for [^\n]{1,40}?)"
    r"[*_]{0,2}[ \t]*\n(?:[ \t]*\n|[ \t]*>[^\n]*(?:\n|$))+"
    # The line itself in the quotation.
    r"|\s*>[ \t]{0,4}(?:💭[^\n]*|[*_]{0,2}(?:thinking|thoughts?|reasoning)[*_:.…]{0,5})[ \t]{0,9}\n"
    r"(?:[ \t]*>[^\n]*(?:\n|$))+",
    re.IGNORECASE,
)


def take_final_channel(text: str) -> str:
    """What stands in the channel for the reader; the text as it is where it has no channels."""
    headers = list(find_in_prose(_HEADER, text))
    if not headers:
        return _take_stripped_final(text)
    # What others are made to say, and all after it, is another conversation.
    own = list(takewhile(lambda header: header["role"] not in _OTHERS, headers))
    finals = [header for header in own if _is_final(header)]
    # An object may be what a function is called with.
    for header in reversed(finals or [one for one in own if _recipient(one).startswith("func")]):
        end = _END.search(text, header.end())
        return text[header.end() : end.start() if end else len(text)]
    return ""


def _is_final(header: re.Match[str]) -> bool:
    is_open = (header["channel"] or "").casefold() in {"final", ""}
    return is_open and _recipient(header) in {"user", "all"}


def _recipient(header: re.Match[str]) -> str:
    return (header["to"] or header["recipient"] or header["called"] or "user").casefold()


def _take_stripped_final(text: str) -> str:
    if not _STRIPPED.match(text):
        final = _BARE_FINAL.match(text)
        return text[final.end() :] if final else text
    finals = list(_STRIPPED_FINAL.finditer(text))
    if finals:
        return text[finals[-1].end() :]
    return "" if _STRIPPED_FIRST.match(text) else text


def drop_headlined_thoughts(text: str) -> str:
    """Without thoughts that plain words announce, and without all where no word ends them."""
    if quoted := _QUOTED.match(text):
        return text[quoted.end() :]
    if fenced := _FENCED.match(text):
        return text[_end_of_fence(text, fenced) :]
    for begins, ends in _HEADLINES:
        if begin := begins.match(text):
            end = ends.search(text, begin.end())
            # In bold they may be a tutorial's own words, unless both are there.
            return text[end.end() :] if end else text if ends is _HEADLINES[2][1] else ""
    for begins, ends in _TITLES:
        # Only where both are there: a lesson may begin so, too.
        if (begin := begins.match(text)) and (end := ends.search(text, begin.end())):
            return text[end.end() :]
    if end := next(find_in_prose(_DONE_THINKING, text), None):
        return text[end.end() :]
    return _drop_gemmas_word(text)


def _end_of_fence(text: str, opens: re.Match[str]) -> int:
    depth = 1
    for fence in _FENCE.finditer(text, opens.end()):
        depth += 1 if fence[2].strip() else -1
        if depth == 0:
            return fence.end()
    return len(text)


def _drop_gemmas_word(text: str) -> str:
    """Of `<|channel>thought` without its marks a line is left, and thoughts if there were some."""
    word = _GEMMAS_WORD.match(text)
    if word is None:
        return text
    rest = text[word.end() :].lstrip()
    return rest if rest.startswith(("#", "{")) else ""


def ends_of_announced_thoughts(text: str) -> list[int]:
    """Where an answer may begin after channels or headlines, for those who look for an object."""
    found = [*_HEADER.finditer(text), *_STRIPPED_FINAL.finditer(text)]
    for _, ends in (*_HEADLINES, *_TITLES):
        found.extend(ends.finditer(text))
    return [one.end() for one in found]
