"""What of a text is prose, and whether that is enough to be judged."""

from __future__ import annotations

import re

from concepts.languages.scripts import weigh

# Below this many characters of prose nothing is said about its language.
MIN_PROSE = 200

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?(^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_NOT_PROSE = re.compile(r"`[^`\n]*`|\]\([^)\s\]]*\)|https?://\S+|<[^<>\n]{1,200}>|\$[^$\n]+\$")
# What a lesson is about rather than in: lists, tables, quotations, lines of a dialogue, and what
# stands in quotation marks or emphasis.
_SPEAKER = r"\*{0,2}([^\W\u3040-\u9fff]{1,12}|[\u3040-\u9fff]{1,4})\*{0,2}[:：]"
MATERIAL = re.compile(
    rf"^[ \t]*([-*+]\s|[>|]|\d+[.)]|{_SPEAKER}).*$"
    r"|[“„][^“”„\n]{1,200}[“”]|«[^«»\n]{1,200}»|「[^「」\n]{1,200}」|『[^『』\n]{1,200}』"
    r"|\"[^\"\n]{1,200}\"|\*[^*\n]{1,200}\*",
    re.MULTILINE,
)


def take_prose(text: str) -> str:
    return " ".join(_NOT_PROSE.sub(" ", _FENCE.sub(" ", text)).split())


def is_enough(prose: str) -> bool:
    return sum(weigh(prose).values()) >= MIN_PROSE * 0.7
