"""Words by which choices and stems give themselves away, by language. Pure."""

from __future__ import annotations

import re

# What a tongue we have no words for is read with.
_OTHER = "en"


def by_tongue(words: dict[str, str]) -> dict[str, re.Pattern[str]]:
    """Whole words where a script has any."""
    return {
        tongue: re.compile(said if tongue in {"zh", "ja"} else rf"\b(?:{said})\b")
        for tongue, said in words.items()
    }


def of_tongue(table: dict[str, re.Pattern[str]], tongue: str) -> re.Pattern[str]:
    return table.get(tongue, table[_OTHER])


ABSOLUTE = by_tongue(
    {
        "en": "always|never|all of (?:them|it)|none of (?:them|it)|everywhere"
        r"|\A(?:nobody|no one|everybody|everyone)|completely|entirely|absolutely|totally"
        r"|invariably|without (?:any )?exceptions?"
        "|under no circumstances|in (?:all|any) cases?|at no time|at all times",
        "es": "siempre|nunca|jamás|absolutamente|completamente|totalmente|sin excepci(?:ón|ones)"
        "|en cualquier caso|todo el mundo|nadie",
        "de": "immer|niemals|nie|ausnahmslos|stets|völlig|vollständig|absolut|restlos|niemand"
        "|jedermann"
        "|auf keinen fall|in jedem fall|ohne ausnahmen?",
        "fr": "toujours|jamais|absolument|complètement|entièrement|sans exception|tout le monde",
        "pt": "sempre|nunca|jamais|absolutamente|completamente|totalmente|sem exceção|ninguém",
        "it": "sempre|mai|assolutamente|completamente|totalmente|senza eccezioni?",
        "zh": "总是|永远|从来|从不|绝对|必定|毫无例外|從來|絕對|永遠|總是",
    }
)
VAGUE = by_tongue(
    {
        "en": "(?<!more )(?<!less )(?<!how )(?<!as )(?<!too )often|usually|sometimes|frequently"
        "|generally|rarely|occasionally|seldom|typically"
        "|mostly|commonly|somewhat|more or less|now and then|quite a (?:lot|bit|few)"
        "|a bit|for (?:a while|some time)|in many cases|to some extent|perhaps|maybe|probably",
        "es": "a menudo|generalmente|por lo general|a veces|normalmente|frecuentemente"
        "|con frecuencia|usualmente|raras? ve(?:z|ces)|más o menos|ocasionalmente|quizás?|tal vez"
        "|de vez en cuando|habitualmente|en ocasiones|bastante|un poco",
        "de": "oft|oftmals|häufig|manchmal|meist|meistens|gelegentlich|selten|üblicherweise"
        "|normalerweise|gewöhnlich|mehr oder weniger|ab und zu|hin und wieder|vielleicht"
        "|in der regel|mitunter|ziemlich|ein wenig|irgendwann",
        "fr": "souvent|parfois|généralement|en général|habituellement|rarement|de temps en temps"
        "|plus ou moins|fréquemment|peut-être|normalement|quelquefois|un peu",
        "pt": "muitas vezes|geralmente|às vezes|normalmente|frequentemente|raramente|mais ou menos"
        "|de vez em quando|talvez|um pouco|por vezes",
        "it": "spesso|di solito|a volte|generalmente|frequentemente|raramente|più o meno"
        "|di tanto in tanto|forse|normalmente|un po",
        "zh": "有时候?|通常|经常|往往|大概|差不多|常常|偶尔|一般来说|或许|也许|有些时候"
        "|時常|或許|有時",
    }
)

_ABOVE_EN = "(?:above|choices|options|answers|foregoing|preceding|alternatives)"
_ABOVE_ES = "(?:anteriores|opciones|respuestas|mencionad[oa]s|demás|otras)"
_ABOVE_DE = (
    "(?:obigen|oben(?:stehenden)?(?: genannten?)?|genannten|vorherigen|vorgenannten|anderen"
    "|antworten|aufgeführten|davon)"
)
_THEM_ZH = (
    r"(?:以上|上述|上面|所有|全部|这)?(?:的?[各几两二三四][个项种者]|全部|所有)?"
    r"(?:选项|答案|说法|选择|描述)?"
)
# A choice that rules every other out, whole or at its beginning.
NONE_OF_ABOVE = re.compile(
    rf"\b(?:none|neither|not any|no one) (?:of )?(?:the |these |those )?(?:\w+ )?{_ABOVE_EN}\b"
    r"|\A\W*(?:none|neither|not any) of (?:these|those|them|the others?)"
    r"(?: (?:is|are|applies|apply|fits?|holds?|works?)(?: \w+)?)?\W*\Z"
    r"|\A\W*no (?:correct|right) (?:answer|choice|option)\W*\Z"
    rf"|\bningun[oa] de (?:las |los |estas |estos )?(?:\w+ )?{_ABOVE_ES}\b"
    r"|\A\W*ningun[oa](?: de (?:ell[oa]s|est[oa]s))?\W*\Z"
    rf"|\bkeine[rs]? (?:der |von )?(?:\w+ )?{_ABOVE_DE}\b|\bnichts (?:davon|von alledem)\b"
    r"|\bauc(?:un|une) (?:de (?:ces|celles)|des) [\w -]{0,20}(?:réponses|propositions|dessus)\b"
    r"|\bnenhuma (?:das|destas) [\w ]{0,20}(?:anteriores|opções|alternativas|acima)\b"
    r"|\bnessuna (?:delle|di queste) ?[\w ]{0,20}(?:precedenti|risposte|opzioni)?"
    r"|(?:以上|上述|上面)(?:[各几所]?[个项種种]?(?:选项|答案|说法|選項)?)?(?:都|皆|均|全)[不非无無]"
    r"|以上皆非|以上[都皆均]錯"
    rf"|\A\W*{_THEM_ZH}(?:都|皆|均|全)(?:不(?:对|是|正确|成立)|非|错误?)的?\W*\Z"
)
ALL_OF_ABOVE = re.compile(
    rf"\b(?:all|each|every one|both|any) (?:of )?(?:the |these |those )?(?:\w+ )?{_ABOVE_EN}\b"
    r"|\A\W*(?:all|each|both|any) of (?:these|those|them|the others?)(?: (?:are|is) \w+)?\W*\Z"
    r"|\A\W*(?:all|todas|todos|alle|toutes|tous) (?:are|son|sind|stimmen|sont)(?: \w+)?\W*\Z"
    r"|\A\W*everything (?:above|mentioned|listed)\b"
    rf"|\btod[oa]s (?:las |los |estas |estos )?(?:\w+ )?{_ABOVE_ES}\b|\A\W*tod[oa]s ell[oa]s\W*\Z"
    r"|\A\W*ambas (?:respuestas|opciones|son correctas)\b"
    rf"|\balle (?:der |die )?(?:\w+ )?{_ABOVE_DE}\b|\A\W*alles (?:davon|oben genannte|genannte)\b"
    r"|\A\W*(?:beides|alle (?:drei|vier)(?: \w+)?)\W*\Z"
    r"|\btoutes (?:les|ces) (?:réponses|propositions)|\btoutes celles[- ]ci"
    r"|\btodas (?:as|estas) [\w ]{0,20}(?:anteriores|opções|alternativas|acima)\b"
    r"|\btutte le (?:precedenti|risposte|opzioni)|\btutt[ei] (?:quelle|quelli) sopra"
    r"|(?:以上|上述|上面)(?:[各几所全]?[个部项種种]?(?:选项|答案|说法|選項)?)?(?:都|皆|均|全)(?:是|对|對|正确|正確)"
    r"|(?<![\d岁年])以上(?:全部|所有|各项)"
    rf"|\A\W*{_THEM_ZH}(?:都|皆|均|全)(?:是|对|正确|成立|可以)的?\W*\Z"
    r"|\A\W*(?:以上|上述)(?:全部|所有)(?:都|均)?(?:是|对|正确)?\W*\Z"
)
