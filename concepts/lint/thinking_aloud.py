"""Whether an answer begins with a model's plans for it. Pure.

Where a server cuts the marks of thoughts out and leaves the thoughts, nothing tells where they end.
They give themselves away by speaking of whoever asked, or of the tutorial to be written, instead
of speaking to the reader.
"""

from __future__ import annotations

import re

# Thoughts begin at once; what comes later is the lesson's own.
_LOOKED_AT = 400
_TEXT = r"(?:tutorial|lesson|markdown|answer|response|output|text|article|json|quiz|outline)"
_LEAD = (
    r"(?:(?:okay|ok|alright|all right|right|hmm+|so|well|now|first|let's see|let me see|good)"
    r"[,.! ]{1,3}){0,4}"
)
_WE = r"(?:we|i)(?:'m| am| are|'re)?"
_MUST = r"(?:need|have|should|must|supposed|asked|going|will|want|'ll)(?: to)?"
_WRITES = r"(?:write|produce|create|output|generate|craft|respond|draft|follow|give)"
_ASKS = (
    r"(?:wants|is asking|asks|asked|has asked|needs|is requesting|requests|requested|would like"
    r"|is|says)"
)
_BEGINS = r"(?:think|plan|start|begin|write|draft|craft|break|structure|tackle)"
_BEGINS_ALOUD = re.compile(
    r"\s{0,20}(?:"
    rf"{_LEAD}the (?:user|prompt|task|instruction|system prompt|request)s? {_ASKS}\b[^.\n]{{0,60}}"
    rf"\b(?:me|us|a|an|the|to write|to produce)\b[^.\n]{{0,60}}\b{_TEXT}\b"
    rf"|{_LEAD}{_WE} {_MUST} {_WRITES}\b(?! a function)[^.\n,]{{0,40}}\b{_TEXT}\b"
    rf"|{_LEAD}let(?: me|'s) {_BEGINS}\b[^.\n]{{0,60}}\b{_TEXT}\b"
    rf"|{_LEAD}let's tackle this\b"
    r"|(?:好的?|嗯|首先|那么|现在)?[，,。 ]{0,2}(?:用户(?:希望|想要?|要求|让|需要|请)"
    r"|我(?:们)?(?:需要|应该|要|得|必须)(?:先)?(?:写|编写|生成|输出|撰写))[^。\n]{0,40}"
    r"(?:我|教程|课程|文章|答案|输出)"
    r"|(?:хорошо|итак|ладно)?[, ]{0,2}пользовател\w{1,4} (?:просит|хочет|попросил)"
    r"|(?:vale|bien|bueno|de acuerdo|okay)?[, ]{0,2}el usuario (?:quiere|pide|me pide|solicita) "
    r"|(?:d'accord|bon|bien|okay)?[, ]{0,2}l'utilisateur (?:veut|me demande|demande|souhaite) "
    r"|(?:okay|gut|also)?[, ]{0,2}der (?:be)?nutzer (?:möchte|will|bittet|fragt)[^.\n]{0,20}"
    r"(?:ich|mich|tutorial))",
    re.IGNORECASE,
)


def thinks_aloud(text: str) -> bool:
    return bool(_BEGINS_ALOUD.match(text[:_LOOKED_AT].replace("’", "'")))
