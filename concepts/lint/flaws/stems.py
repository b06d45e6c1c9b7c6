"""What is wrong with a stem by itself. Pure."""

from __future__ import annotations

import re
from itertools import pairwise

from concepts.lint.flaws.item import CODE, MOST_CHARACTERS, Item
from concepts.lint.flaws.wording import of_tongue
from concepts.lint.tutorial import count_words
from roadmaps.text import words

_GAP = re.compile(
    r"(?<![A-Za-z0-9_])_{2,}(?![A-Za-z0-9_])|(?<!\w)\.{5,}(?!\w)|＿+|﹍+"
    r"|\[ ?(?:\.{3}|…|_+|blank|gap|lücke) ?\]"
    r"|[（(][ \u3000]{2,}[)）]|(?<=\w )(?:\.{3}|…)(?= \w)",
    re.IGNORECASE,
)

_NOT_EN = r"(?:not\b|n['’]t\b)"
_AUX_EN = (
    r"(?:is|are|was|were|do|does|did|can|could|should|would|will|has|have|had|may|might|must|ca|wo)"
)
# Between the question word and its negation no clause of its own begins.
_SAME_EN = (
    r"(?:(?!when\b|if\b|that\b|where\b|while\b|because\b|though\b|who\b|after\b|before\b|unless\b"
    r"|once\b|whose\b|since\b)[^\s,;:.?!]+ ){0,9}?"
)
_SAME_ES = r"(?:(?!cuando\b|si\b|que\b|porque\b|donde\b|mientras\b|aunque\b)[^\s,;:.?!¿]+ ){0,9}?"
_SAME_DE = r"(?:(?!wenn\b|falls\b|dass\b|weil\b|ob\b|während\b|obwohl\b)[^\s,;:.?!]+ ){0,9}?"
_NEGATIVE = {
    "en": re.compile(
        rf"\b(?:which|what|who|whom)\b {_SAME_EN}{_AUX_EN} ?(?:[^\s,;:.?!]+ )?{_NOT_EN}"
        r"|\b(?:all|each) (?:of )?(?:\S+ ){0,8}?except\b|\bexcept(?:\W*\Z| (?:when|if|for|one"
        r"|which)\b)"
        rf"|\b(?:which|what|who)\b {_SAME_EN}(?:never|cannot|least (?:likely|true|suitable"
        rf"|useful|important)|incorrect|untrue"
        rf"|neither)\b"
    ),
    "es": re.compile(
        rf"(?:\bcuál(?:es)?\b|\bqué\b|\bquién(?:es)?\b) {_SAME_ES}(?:no|nunca|tampoco)\b"
        r"|\b(?:excepto|salvo|menos)(?:\W*\Z| (?:un[oa]|cuál))|\b(?:es|son) (?:fals[oa]s?"
        r"|incorrect[oa]s?)\b"
    ),
    "de": re.compile(
        rf"\b(?:welche[rsnm]?|was|wer|wen|wem)\b {_SAME_DE}(?:nicht|keine?[rsnm]?|nie|niemals"
        rf"|falsch)\b"
        r"|\b(?:außer|ausgenommen)\W*\Z"
    ),
    "fr": re.compile(
        r"\b(?:quel(?:le)?s?|lequel|laquelle|qui|que)\b [^,;:.?!]{0,80}?\b(?:n['’e]\S*(?: \S+)? pas"
        r"|sauf)\b"
    ),
    "pt": re.compile(
        r"\b(?:qual|quais|quem|que)\b (?:(?!quando\b|se\b|que\b)[^\s,;:.?!]+ ){0,9}?(?:não"
        r"|exceto)\b"
    ),
    "it": re.compile(
        r"\b(?:quale?|quali|chi|che)\b (?:(?!quando\b|se\b|che\b)[^\s,;:.?!]+ ){0,9}?(?:non"
        r"|tranne)\b"
    ),
    "zh": re.compile(
        r"(?:(?:下列|以下|下面|上述)?(?:哪|谁|(?<!为)什么|何者)|下列|以下)[^如若当时因为,;。?]{0,24}?"
        r"(?:不(?!同|断|仅|但|久|足|变量)|没有|并非|错误的|例外|除了|無|沒有)"
    ),
}  # fmt: skip
# Said so that nobody reads over it: in bold, in capitals, underlined, in quotation marks.
_STRESSED = re.compile(
    r"\b(?:NOT|EXCEPT|NEVER|LEAST|CANNOT|FALSE|INCORRECT|NO|NUNCA|EXCEPTO|SALVO|NICHT|KEIN\w*|AUSSER"
    r"|AUẞER|NIE|FALSCH|PAS|SAUF|NÃO|NON|TRANNE)\b"
    r"|[*_]{1,2}(?:not|except|never|least|cannot|false|incorrect|no|nunca|excepto|salvo|nicht|kein\w*"
    r"|außer|falsch|pas|sauf|não|exceto|non|tranne|[^*_\s]{0,3}[不非没无错除沒無][^*_\s]{0,4})[*_]{1,2}"
    r"|[“「『\"【][^”」』\"】]{0,3}[不非没无错除][^”」』\"】]{0,4}[”」』\"】]",
)

# What every stem may say: without anything else it asks about nothing.
_BOILERPLATE = {
    "en": "which what of the following these those statement statements sentence sentences claim"
    " claims"
    " option options answer answers choice choices is are holds hold true correct right false wrong"
    " best fits fit applies apply one ones a an about choose select pick mark consider question"
    " please most accurate valid and to be as following? can you say tell it this that do does",
    "es": "cuál cuáles de las los la el lo siguientes afirmaciones afirmación opción opciones"
    " frase frases"
    " respuesta respuestas es son verdadera verdaderas verdadero correcta correctas correcto cierta"
    " ciertas qué elige elija selecciona marca la(s) mejor una a continuación estas",
    "de": "welche welcher welches der die das folgenden folgende aussage aussagen antwort"
    " antworten satz"
    " sätze behauptung behauptungen option ist sind stimmt stimmen richtig wahr korrekt trifft"
    " treffen zu wähle wählen sie was nun hier von diesen",
    "fr": "quelle quelles lesquelles laquelle des de ces les la affirmation affirmations"
    " suivantes suivante"
    " proposition propositions réponse réponses est sont vraie vraies correcte correctes exacte"
    " juste"
    " parmi choisissez cochez bonne",
    "pt": "qual quais das de as a os afirmação afirmações seguintes opção opções alternativa é"
    " são verdadeira"
    " verdadeiras correta corretas certa assinale marque abaixo",
    "it": "quale quali delle di le la seguenti affermazioni affermazione risposta è sono vera"
    " vere corretta"
    " corrette giusta scegli",
}  # fmt: skip
_BOILERPLATES = {tongue: frozenset(said.split()) for tongue, said in _BOILERPLATE.items()}
_EMPTY_ZH = re.compile(
    r"(?:请?选[出择]?|关于此|对此)?(?:下列|以下|下面|上述)?(?:各?[项个]|的)?(?:哪[一些个项种]{0,2})?"
    r"(?:的?(?:说法|选项|描述|表述|叙述|陈述|句子|判断|答案|结论)){0,2}(?:中|里)?[,，]?(?:哪[一些个项种]{0,2})?"
    r"(?:是|为|最)?(?:正确|对|错误|成立|恰当|合适|真)?(?:的|是|有){0,3}[:：?？。（）() ]*"
)
_ABOUT = re.compile(
    r"\A\W*(?:what|how) about\b|\A\W*(?:regarding|concerning|about) [^.?]{0,40}\W*\Z"
    r"|\A\W*(?:qué hay de|was ist mit|sobre|acerca de|über) [^.?]{0,40}\W*\Z|\A\W*(?:關於"
    r"|关于)[^.?,，]{0,20}\W*\Z"
)
_ENDS = re.compile(r"[.?!。？！…][)\"'”»›」』*]*\Z")
_IDEOGRAPHS = re.compile(r"[\u3400-\u9fff]+")
_FIGURES = re.compile(r"[\d=<>+`]")
_PIECE = re.compile(r"(?<=[.!?。！？])\s*")
# More words than a situation that matters: the longest of the stems that people wrote here has 49.
MOST_WORDS = 55
# What is asked and answered shares less than this with what was told before.
LEAST_USED = 0.2


def has_gap(item: Item) -> bool:
    return bool(_GAP.search(CODE.sub("x", item.stem[:MOST_CHARACTERS])))


def negates_quietly(item: Item) -> bool:
    if item.type == "true_false":
        return False
    pieces = [piece for piece in _PIECE.split(item.asked) if piece]
    asking = [piece for piece in pieces if piece.endswith("?")] or pieces[-1:]
    negative = of_tongue(_NEGATIVE, item.tongue)
    is_negative = any(negative.search(piece) for piece in asking)
    return is_negative and not _STRESSED.search(item.told)


def asks_nothing(item: Item) -> bool:
    """Whether one must read the choices to learn what is asked."""
    if not item.is_choice or item.has_code:
        return False
    if _ABOUT.match(item.asked):
        return True
    is_open = not _ENDS.search(item.told) and not _FIGURES.search(item.told) and not has_gap(item)
    if item.tongue == "zh":
        return bool(_EMPTY_ZH.fullmatch(item.asked)) or (is_open and len(item.asked) <= 8)
    known = _BOILERPLATES.get(item.tongue, _BOILERPLATES["en"])
    said = words(item.asked)
    return not said - known or (is_open and len(item.asked.split()) <= 4)


def tells_too_much(item: Item) -> bool:
    """Whether a long story comes before a question that has no use for it."""
    if count_words(item.told) <= MOST_WORDS * (1.6 if item.tongue == "zh" else 1):
        return False
    pieces = [piece for piece in _PIECE.split(item.told) if piece.strip()]
    lead, asked = " ".join(pieces[:-1]), pieces[-1]
    around = _content(" ".join([asked, *(one.text[:500] for one in item.choices[:12])]))
    return bool(lead) and len(_content(lead) & around) < LEAST_USED * len(around)


def _content(text: str) -> set[str]:
    """Words of a meaning; where nothing stands between words, signs that follow each other."""
    long = {word for word in words(text) if len(word) > 3}
    runs = _IDEOGRAPHS.findall(text)
    return long | {one + other for run in runs for one, other in pairwise(run)}
