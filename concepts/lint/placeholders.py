"""What a model leaves behind where it meant to write more. Pure."""

from __future__ import annotations

import re

from concepts.markdown.code_spans import replace_code_spans

# A quotation may be a letter or a prompt to be filled in by the learner.
_QUOTED_LINE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
# What stands before the first word of a line: list marks, hashes, emphasis, brackets.
_MARKS = r"^[ \t>*_#([【-]{0,12}(?:\d{1,3}[.)][ \t]{1,4})?[*_([【]{0,4}"
_WORK = (
    "add|check|complete|describe|example|expand|explain|fill|finish|fix|give|include|insert|link|"
    "more|provide|replace|show|update|verify|write"
)
# In capitals only: todo is Spanish for all, and people keep todo lists. TODO comments and TBD
# (trunk-based development) are also spoken of ("Mark it with a TODO."), so at a line's start it
# must be told what to do, and at its end it must stand alone or after a colon or a dash.
_REMINDER = re.compile(
    rf"\b(?:TODO|TBD)\b(?=[ \t*_]*[:：\]】])"
    rf"|(?:{_MARKS}|(?:[:：—–|•\]]|^\+|[ \t]-)[ \t*_(【\[]{{0,8}})(?:TODO|TBD)\b(?=[ \t*_.…!)]*$)"
    rf"|{_MARKS}(?:TODO|TBD)\b(?=[ \t]*[-–—…]|[ \t]+(?:{_WORK})\b|[ \t]*[\u4e00-\u9fff])",
    re.MULTILINE,
)
_FILLER = re.compile(rf"\blorem ipsum dolor\b|{_MARKS}lorem ipsum\b", re.IGNORECASE | re.MULTILINE)

_THING = (
    "answer|chart|citation|code|content|description|detail|diagram|example|explanation|figure|illustration|"
    "image|link|name|number|output|paragraph|picture|quote|reference|screenshot|section|snippet|"
    "solution|summary|table|text|title|topic|url"
)
# What only a letter or a form leaves open. "[Enter a number]" is a box of a flow chart.
_OF_SOMEBODY = "company|date|example|name|text|title|topic"
# Words alone: with figures, signs or commas it is code, an index or an interval. "[Insert the
# card]" is a box of a flow chart: so it must say here, or name what only a text lacks.
_BLANK = re.compile(
    r"\[(?:"
    rf"(?:(?:add|describe|fill in|include|insert|paste|provide|write)"
    rf"(?=[^\[\]\n]{{0,60}}\b(?:here|(?:{_THING}|{_OF_SOMEBODY})s?)\b)"
    rf"|(?:enter|place|put)(?=[^\[\]\n]{{0,60}}\b(?:here|(?:{_OF_SOMEBODY})s?)\b))"
    r"[a-z '’\-:]{2,60}"
    r"|your [a-z '’\-]{2,40}"
    rf"|(?:[a-z]+ ){{0,3}}(?:{_THING})s? (?:goes |go )?here"
    r"|placeholder(?: [a-z ]{2,40}|: ?[^\]\n]{2,40})?"
    r"|to be (?:added|completed|determined|done|written)[a-z ]{0,40}"
    r")[.…]{0,3}\](?![(\[:])",
    re.IGNORECASE,
)
_CHINESE_BLANK = re.compile(
    r"[（(【\[](?:此处|这里|在此)(?:补充|插入|填写|添加)[^）)】\]\n]{0,30}[）)】\]]"
    r"|[（(【\[]?(?:此处|这里|内容)?待(?:补充|完善|补全)[）)】\]]|(?:此处|这里)待补"
    # To leave out one thing (“这里省略了 self”) is no gap.
    r"|(?:此处|这里)省略(?:若干|部分|具体|详细|其余|其他|后续|内容|[….）)】\]])"
)


def find_placeholder(prose: str) -> str | None:
    """The first placeholder of a text without its code blocks; None when there is none."""
    spoken = replace_code_spans(prose, "`")
    unquoted = _QUOTED_LINE.sub("", spoken)
    places = ((_REMINDER, spoken), (_FILLER, spoken), (_CHINESE_BLANK, spoken), (_BLANK, unquoted))
    found = (pattern.search(text) for pattern, text in places)
    return next((one[0].strip(" \t>*_#:：—–-") for one in found if one), None)
