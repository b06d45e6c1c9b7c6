"""Words of another language within a text, marked so that they are spoken as such. Pure.

A column whose head is the name of a language is in that language: dialogues and lists of words in
two columns need nothing else. Where a text says so (`[emphasis]: # "es"`, which is not shown), all
that is between asterisks is in that language; what is between underscores stays in the text's own.
A question or a choice has no such line, and shows every other asterisk as it was written: there
each piece names its language itself, `*es:¿Qué le pasa?*`.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from markdown_it.token import Token

# As markdown-it keeps the names of references.
_EMPHASIS = "EMPHASIS"
TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
# By language; several names for one are parted by a bar.
_NAMES = {
    "ar": "Arabic|العربية|阿拉伯语|árabe|arabe|Arabisch",
    "bn": "Bengali|Bangla|বাংলা",
    "cs": "Czech|Čeština|捷克语",
    "da": "Danish|Dansk",
    "de": "German|Deutsch|德语|alemán|allemand",
    "el": "Greek|Ελληνικά|希腊语",
    "en": "English|英语|英文|inglés|anglais|Englisch|inglês|inglese|英語|영어",
    "es": "Spanish|Español|Castellano|西班牙语|espagnol|Spanisch|espanhol|spagnolo",
    "fa": "Persian|Farsi|فارسی",
    "fi": "Finnish|Suomi",
    "fr": "French|Français|法语|francés|Französisch|francês|francese|フランス語|프랑스어",
    "he": "Hebrew|עברית",
    "hi": "Hindi|हिन्दी|हिंदी",
    "hu": "Hungarian|Magyar",
    "id": "Indonesian|Bahasa Indonesia|印尼语",
    "it": "Italian|Italiano|意大利语|italien|Italienisch",
    "ja": "Japanese|日本語|日语|日文|japonés|japonais|Japanisch|일본어",
    "ko": "Korean|한국어|韩语|coreano|coréen|Koreanisch|韓国語",
    "la": "Latin|Latina|拉丁语|latín",
    "nb": "Norwegian|Norsk|Bokmål",
    "nl": "Dutch|Nederlands|荷兰语",
    "pl": "Polish|Polski|波兰语",
    "pt": "Portuguese|Português|葡萄牙语|portugués|portugais|Portugiesisch",
    "ro": "Romanian|Română",
    "ru": "Russian|Русский|俄语|ruso|russe|Russisch|ロシア語",
    "sv": "Swedish|Svenska|瑞典语",
    "th": "Thai|ไทย|泰语",
    "tr": "Turkish|Türkçe|土耳其语",
    "uk": "Ukrainian|Українська|乌克兰语",
    "vi": "Vietnamese|Tiếng Việt|越南语",
    "zh": "Chinese|Mandarin|中文|汉语|chino|chinois|Chinesisch|中国語|중국어",
}


# A piece of a question: no longer, and without code in it.
SPOKEN = re.compile(
    rf"(?<![\w*])\*(?P<tag>{'|'.join(_NAMES)}):(?P<said>[^\s*`](?:[^*`\n]{{0,400}}[^\s*`])?)\*(?![\w*])"
)
_STARRED = re.compile(r"(?<![\w*])\*(?=[^\s*`])([^*`\n]{1,400})(?<!\s)\*(?![\w*])")


def name_language(text: str, tag: str) -> str:
    """What is between asterisks of a question as a piece that names its language."""
    return _STARRED.sub(rf"*{tag}:\1*", text)


def without_languages(text: str) -> str:
    """A question as it reads, for whoever cannot use the marks."""
    return SPOKEN.sub(r"\g<said>", text) if "*" in text else text


def _fold(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


_LANGUAGES = {_fold(name): tag for tag, names in _NAMES.items() for name in names.split("|")}


def mark_languages(state: Any) -> None:
    _mark_columns(state.tokens)
    if said := emphasised_in(state.env):
        for block in state.tokens:
            for token in block.children or []:
                if is_starred(token):
                    token.attrSet("lang", said)


def emphasised_in(env: Mapping[str, Any]) -> str:
    """The language that a text says its emphasis is in, or nothing."""
    said = str(env.get("references", {}).get(_EMPHASIS, {}).get("title", ""))
    return said if TAG.fullmatch(said) else ""


def is_starred(token: Token) -> bool:
    return token.type == "em_open" and token.markup == "*"


def _mark_columns(tokens: list[Token]) -> None:
    columns: dict[int, str] = {}
    place = 0
    for token, inner in itertools.pairwise(tokens):
        if token.type == "table_open":
            columns = {}
        elif token.type == "tr_open":
            place = 0
        elif token.type == "th_open":
            if name := _LANGUAGES.get(_fold(inner.content)):
                columns[place] = name
            place += 1
        elif token.type == "td_open":
            if place in columns:
                token.attrSet("lang", columns[place])
            place += 1
