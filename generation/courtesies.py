"""How assistants begin and end a letter: “Sure! Here is …”, “I hope this helps!”. Pure.

A tutorial may begin a sentence much alike (“If you want only one process to write, use a lock”).
What is missed here does little harm, what is wrongly taken is lost: so each phrase goes on until
nobody but an assistant says it, and only the beginning of a line counts.
"""

from __future__ import annotations

import re

# Regular expressions, one a line, in words common to all: LESSON, and “…” for a few words of the
# same sentence.
_GOODBYES = r"""
((i|we) )?(really |sincerely )?hope (that )?(this|the|my|our) LESSON\b
((i|we) )?(really |sincerely )?hope (that )?(this|that|it|these)\b…(help|clear|useful|sense)
((i|we) )?(really |sincerely )?hope (that )?(this|that|it|these)\b…understand
((i|we) )?hope you('ve| have)? (enjoy|found|find|liked|learn)
(please |just )?let me know (if|how|what|when|whether|which|in the comments)\b
(please )?feel free to (ask|reach out|contact|comment|leave a|let me|message me|drop)\b
(please )?(don't|do not) hesitate to (ask|reach out|contact|let me)\b
happy \w+ing([!.,]|$| and )
good luck([!.,]|$| (with|on|in) (your|the|this)\b)
if (you|there|any|some)…(question|doubt|unclear|help|stuck|clarif)…\bask(!| (me|us|away)\b)
if (you|there|any|some)…(question|doubt|unclear|help|stuck|clarif)…\bask (them )?any ?time\b
if (you|there|any|some)…(question|doubt|unclear|help|stuck|clarif)…\bask (them )?(below|in the com)
if (you|there|any|some)…(question|doubt|unclear|help|stuck|clarif)…\b(to|just|please) ask([!.,]|$)
if (you|there|any|some)…(question|doubt|unclear|help|stuck|clarif)…(let me know|reach out)
if (you|there|any|some)…(question|doubt|unclear|help|stuck|clarif)…(feel free to ask|hesitate)
if (you|there|any|some)…(question|doubt|unclear|help|stuck|clarif)…\bI_AM (here|happy|glad)\b
if you('d| would)? (want|like|prefer|wish)(, i| me to)\b
would you like me to (add|adapt|adjust|continue|cover|create|dive|elaborate|expand|explain)\b
would you like me to (generate|go|include|make|prepare|provide|show|turn|walk|write)\b
(do|would) you (want|like) to (continue|go (on|deeper)|dive deeper|move on|proceed)\b…\?$
(shall|should) (i|we) (continue|go on|move on|proceed)\b…\?$
((any|have|more) )?questions\?( (ask|drop|feel|i|just|let|please)\b|$)
((this is )?the )?end of (the |this |our )?LESSON[.!]*$
this concludes (the|this|our) LESSON\b
that('s| is) (it|all) for (today|now|this (tutorial|lesson|guide))\b
(thanks|thank you) for (reading|following|learning|your attention)\b
I_AM (always )?(here|happy|glad) to (answer|assist|explain|help)\b
# Spanish, Portuguese
espero que (est[ae]|esto|isto|isso|te|le|os|les|haya|tenha)\b…(ayud|ajud|útil|servid|claro)
si (tienes|tiene|tenéis|tienen)\b…(pregunta|duda)…(no dud|pregúnta|avísa|házme|hazme|escríbe)
se (você )?tiver\b…(pergunta|dúvida)…(é só|fique à vontade|não hesite|pergunte)
¡?(feliz (aprendizaje|programación|estudio)|(mucha|buena) suerte) ?[!.]
(bons estudos|boa sorte) ?[!.]
¿(quieres|quiere|deseas|te gustaría) que (te |le )?(continúe|siga|amplíe|añada|explique)
# French
j'espère que (ce|cet|cette|cela|ça|ces|vous|tu)\b…(aid|utile|servi|plu\b|clair)
(n'hésite|n'hésitez) pas à (me|nous|poser|demander|revenir|laisser)\b
si (tu as|vous avez)…question…(n'hésite|demande[sz]|pose[zs]?[- ]|je suis)
(bon apprentissage|bon courage|bonne (chance|continuation|programmation)) ?[!.]
# German
ich hoffe,? (dass )?(die|das|dir|ihnen|ihr|du|sie|mein)…(hilft|helfen|geholfen|hilfreich)
ich hoffe,? (dass )?(die|das|dir|ihnen|ihr|du|sie|mein)…(nützlich|gefallen|verständlich|weiter)
(bei|wenn (du|sie)|falls (du|sie)|solltest du|sollten sie)\b…fragen\b…(melde|frag) (dich|mich)
(bei|wenn (du|sie)|falls (du|sie)|solltest du|sollten sie)\b…fragen\b…(bescheid|melden sie sich)
(lass|lasst|lassen sie) (es )?mich wissen\b
viel (erfolg|spaß|glück)\b…!
(möchtest du|möchten sie|willst du), dass ich\b
# Chinese
希望(本|[这這以][篇个個次些份上]?)?(教程|教學|文章|[内內]容|指南|[讲講]解|[课課]程?|解[释釋]|回答)
希望[^，。]{0,8}([对對](你|您|大家)[^，。]{0,10}([帮幫]助|有用|[启啟][发發])|[帮幫](到|助)(你|您|大家))
如(果|有|需)[^，。]{0,20}ASKING[^，。]{0,12}[，,]?[^，。]{0,8}([欢歡]迎|告[诉訴]我|[问問]我|提[问問])
如(果|有|需)[^，。]{0,20}ASKING[^，。]{0,12}[，,]?[^，。]{0,8}(留言|[联聯][系繫]我|我可以)
如(果|有|需)[^，。]{0,20}ASKING[^，。]{0,12}[，,]?[^，。]{0,8}[随隨][时時][提问問告联聯向来來留]
祝([你您]|大家)?[^，。]{0,8}(愉快|[顺順]利|好[运運]|[进進]步|有成|所成|成功)
[欢歡]迎([随隨][时時]|[继繼][续續](提|[问問])|在[评評][论論]|留言|提[问問])
(本|[这這]篇)(教程|教學|文章?|[课課]程?)(就?到此|至此|到[这這][里裡])?(就?[结結]束|[为為]止)
"""
_PREFACES = r"""
READILY[!.:]
READILY ?[,–—-] ?(here|i'll|i've|i can|let me|below|happy to|the following|as requested)\b
ANNOUNCED…(tutorial|walkthrough|write-?up|markdown|draft|requested|you asked)
ANNOUNCED…(complete|comprehensive|detailed|full)\b…(lesson|guide|article|text|explanation)
ANNOUNCED…(corrected|improved|revised|updated)\b…(lesson|guide|version|article|text)
as (you )?(requested|asked)[,:]
i('ve| have|'ll| will)…(prepared?|writ(e|ten)|created?|put together)…(tutorial|lesson|guide)
# Spanish, Portuguese, Italian
¡?(claro|por supuesto|desde luego|certo|com certeza)( que sí)? ?[!.]
¡?(claro|por supuesto|certo|com certeza)( que sí)?, (aquí|aqui|te|ecco|segue)\b
(aquí|aqui) (tienes|tiene|está|va|tem)…(tutorial|lección|guía|lição)
(a continuación|ecco)…tutorial
# French
(bien sûr|certainement|avec plaisir|d'accord) ?[!.]
(bien sûr|avec plaisir|d'accord), (voici|je)\b
voici…(tutoriel|leçon|cours que)
# German
(gern|gerne|natürlich|klar|selbstverständlich) ?[!.]
(gern|gerne|natürlich|klar|selbstverständlich), hier\b
hier (ist|kommt|folgt)…(tutorial|lektion|anleitung)
# Chinese, Japanese
YES_ZH[！!。]
YES_ZH[，,] ?(以下|下面|我([来來将將会會为為给給已]|可以))
YES_ZH[，,] ?[这這][里裡]?是[^。]{0,30}(教程|教學|[讲講]解|[内內]容)
(以下|下面|[这這])是[^。]{0,40}(教程|教學|[讲講]解|(完整|修[改订正]|更新)[^。]{0,6}(版|[内內]容|正文))
(はい|承知しました|もちろんです|わかりました)[、。！!]
以下[はに][^。]{0,40}チュートリアル
"""
# Before a heading nothing but the tutorial itself can be announced.
_BEFORE_HEADING = r"""
(ANNOUNCED|voici\b|hier (ist|kommt|folgt)\b|以下是|下面是|[这這]是).*[:：]$
"""
_WORDS = {
    "LESSON": r"([\w-]+ ){0,2}(tutorial|lesson|guide|article|walkthrough|explanation|overview)",
    "I_AM": "i('m| am|'d be|'ll be| will be| would be)",
    "ASKING": "([问問][题題]|疑[问問]|需要|不明白|不清楚|不懂|想)",
    "YES_ZH": "([当當]然(可以)?|好的?|[没沒][问問][题題])",
    "READILY": "(sure( thing)?|certainly|of course|absolutely|okay|ok|alright|got it|understood)",
    "ANNOUNCED": r"(here('s| is| are)|here you go|below (is|are|you)|the following is)\b",
    "…": r"[^.!?。！？\n]{0,80}?",
}


def _compile(phrases: str) -> re.Pattern[str]:
    for word, meaning in _WORDS.items():
        phrases = phrases.replace(word, meaning)
    lines = [line for line in phrases.split("\n") if line and not line.startswith("#")]
    return re.compile("|".join(lines), re.IGNORECASE)


_GOODBYE, _PREFACE = _compile(_GOODBYES), _compile(_PREFACES)
_PREFACE_OF_HEADING = _compile(_PREFACES + _BEFORE_HEADING)
_LIST_MARK = re.compile(r"\s*([*+-]|\d+[.)])\s")
# Emphasis, brackets and emoji may stand around a courtesy; a quotation mark or a list mark says
# that it is an example.
_MARKS = r"*_() \t\u2600-\u27bf\ufe0f\U0001f300-\U0001faff"
_AROUND = re.compile(f"^[{_MARKS}]+|[{_MARKS}]+$")


def is_goodbye(line: str) -> bool:
    return _begins_with(_GOODBYE, line)


def is_preface(line: str, *, before_heading: bool = False) -> bool:
    """Whether a line only hands over what comes after it."""
    return _begins_with(_PREFACE_OF_HEADING if before_heading else _PREFACE, line)


def _begins_with(pattern: re.Pattern[str], line: str) -> bool:
    words = _AROUND.sub("", line.replace("’", "'"))
    return not _LIST_MARK.match(line) and bool(pattern.match(words))
