"""What a careful reader finds in a tutorial, beyond what makes it unfit to be stored. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from concepts.content import QuestionContent
from concepts.lint.flaws.item import Choice, Item, item_of
from concepts.lint.tutorial import count_words
from concepts.markdown.blocks import HEADING, split_blocks
from roadmaps.text import text_key, words

# Of a tutorial's first and last paragraph so many characters are looked at.
_LOOKED_AT = 400
_GREETS = re.compile(
    r"\W*(?:(?:sure|certainly|of course|absolutely|great(?: question)?|happy to help"
    r"|no problem)\b[!,.]"
    r"|here(?:['’]s| is) (?:a|an|the|your)\b[^.\n]{0,80}\b(?:tutorial|lesson|guide|explanation)\b"
    r"|(?:¡?claro|por supuesto|desde luego|con (?:mucho )?gusto)\b[!,. ¡]|aquí (?:tienes|está) "
    r"|(?:gerne|natürlich|selbstverständlich|klar)\b[!,]|hier ist (?:ein|das|dein|die) "
    r"|(?:bien sûr|avec plaisir)\b[!,]|voici (?:un|le|votre) (?:tutoriel|cours)"
    r"|(?:claro|com certeza)[!,]|(?:certo|volentieri)[!,]"
    r"|(?:好的|当然|没问题|當然|可以的?)[!！，,。]|(?:以下|下面)是(?:一[篇个份])?[^。\n]{0,40}(?:教程|课程|讲解))",
    re.IGNORECASE,
)
# What only an answer to somebody says of itself, at its beginning.
_OF_THE_TASK = re.compile(
    r"\b(?:tutorial|lesson|guide|tailored|explanation|lección|tutorial|preparo|lektion|anleitung"
    r"|tutoriel|leçon|aula|lezione)\b|教程|课程|讲解|教學",
    re.IGNORECASE,
)
_TAKES_LEAVE = re.compile(
    r"\b(?:i hope (?:this|that|it)|hope this helps|let me know (?:if|whether|when)|feel free to"
    r"|if you have any (?:more |further |other )?questions|would you like me to"
    r"|happy (?:learning|coding)"
    r"|espero que (?:te|le|esto|esta)|no dudes en|si tienes (?:alguna )?(?:duda|pregunta)"
    r"|ich hoffe,? (?:das|dass|diese)|lass(?:en sie)? (?:es )?mich wissen|bei (?:weiteren )?fragen"
    r"|j['’]espère que|n['’]hésite[zs]? pas|espero ter ajudado|spero che (?:questo|ti))\b"
    r"|希望(?:这|本|对你|能)|如果(?:你|您)?(?:还)?有(?:任何|什么)?(?:其他)?(?:问题|疑问)|随时(?:告诉|问|联系)我",
    re.IGNORECASE,
)
_PLANS_ALOUD = re.compile(
    r"^\W*(?:wait|hm{2,9}|actually|okay|ok|hold on|let me (?:think|double-check|check|see"
    r"|reconsider)"
    r"|i should|i need to|i(?:['’]ll| will) (?:now|need|have)|the user (?:wants|asks|is)"
    r"|espera|vale|déjame pensar|el usuario|moment|warte|der nutzer|等等|让我想想|我需要|用户)"
    r"[^.\n。]{0,160}\b(?:i should|double-check|mention|include|explain|instruction|prompt|the user"
    r"|this concept|the tutorial|the lesson|leave it|debería|incluir|usuario|sollte ich|erwähnen"
    r"|nutzer)\b|^\W*(?:等等|让我想想|嗯)[，,。].{0,80}(?:应该|需要|用户|教程)",
    re.IGNORECASE,
)
_MARK_OF_THOUGHT = re.compile(
    r"</?(?:think|thinking|thought|reasoning|analysis)>|◁/?think▷", re.IGNORECASE
)

_SHOWN = (
    r"(?:example|code|command|program|script|snippet|listing|query|table|list|figure|diagram|output|picture"
    r"|exercise|sentences?|steps|ejemplo|código|orden|programa|tabla|lista|figura|frases|pasos"
    r"|beispiel|code|befehl|programm|tabelle|liste|abbildung|sätze|schritte|exemple|tableau|liste"
    r"|exemplo|tabela|esempio|tabella)"
)
_PROMISES = re.compile(
    rf"\b(?:following|siguientes?|folgende[nrsm]?|suivant\w*|seguinte\w*|seguent\w*)\b[^\n]{{0,80}}[:：]\W*\Z"
    rf"|\b(?:here (?:is|are)|aquí (?:está|están|va)|hier (?:ist|sind)"
    rf"|voici)\b[^\n]{{0,40}}\b{_SHOWN}\b"
    rf"[^\n]{{0,80}}[:：]\W*\Z|(?:如下|下面的?[^\n]{{0,24}}|以下[^\n]{{0,24}})[:：]\W*\Z",
    re.IGNORECASE,
)
_POINTS = (
    (
        re.compile(
            r"\btable (?:below|above|shows)\b|\b(?:following|next) table\b"
            r"|\bla tabla (?:siguiente|anterior|de abajo)"
            r"|\b(?:folgende|untenstehende) tabelle\b|(?:下表|上表|下面的表格)",
            re.IGNORECASE,
        ),
        re.compile(r"^\s{0,3}\|.*\|", re.MULTILINE),
    ),
    (
        re.compile(
            r"\b(?:code|listing|program|script|snippet) (?:below|above)\b|上面的代码|下面的代码"
            r"|el código de (?:abajo|arriba)", re.IGNORECASE),
        re.compile(r"^\s{0,3}(?:```|~~~)|^(?: {4}|\t)\S", re.MULTILINE),
    ),
    (
        re.compile(
            r"\b(?:figure|diagram|picture) (?:below|above|shows)\b|如下图|下图"
            r"|la figura (?:siguiente|muestra)|abbildung (?:zeigt|unten)", re.IGNORECASE),
        re.compile(r"!\[|^\s{0,3}(?:```|~~~)", re.MULTILINE),
    ),
)  # fmt: skip
_SHOWS = re.compile(r"\s{0,3}(?:[-*+>|]|\d{1,3}[.)]|```|~~~|\$\$|!\[|<| {4}|\t)")

_FOR_EXPERTS = re.compile(
    r"\b(?:(?:assumes?|requires?|presupposes?) (?:a )?(?:graduate|advanced|working|solid|deep"
    r"|expert|thorough)"
    r"|graduate (?:course|level)|left (?:as an exercise )?to the reader|for experts"
    r"|without further comment"
    r"|as (?:is|are) well known to (?:experts|specialists)|see the literature"
    r"|para expertos|se da por (?:sabid[oa]|conocid[oa])|se supone (?:un )?dominio"
    r"|se deja al lector"
    r"|nivel de posgrado|setzt .{0,40}(?:vertiefte|fundierte|sichere) kenntnisse"
    r"|dem leser überlassen"
    r"|für fachleute"
    # How proofs speak, and no beginner's lesson.
    r"|without loss of generality|sin pérdida de generalidad|ohne beschränkung der allgemeinheit"
    r"|(?:iso|homo|endo)morphi(?:sms?|sm(?:us|en))|(?:iso|homo)morfismos?|equivalence classes of"
    r"|äquivalenzklassen? (?:von|des|der)|clases? de equivalencia de"
    r"|let \w be an? \w+ (?:ring|field|group|space|manifold)"
    r")\b|不失一般性|(?:同构|同态)|(?:读者|学习者)(?:应|需|必须)(?:已经)?(?:精通|熟练掌握)|证明留给读者"
    r"|研究生",
    re.IGNORECASE,
)
_FOR_CHILDREN = re.compile(
    r"\b(?:if you (?:have never|['’]ve never)|never (?:written|used|seen) (?:a|any) \w+ before"
    r"|for absolute beginners"
    r"|you (?:do not|don['’]t|need not) (?:have|need)? ?(?:to )?(?:understand|worry|know)"
    r"|do not worry about"
    r"|a computer is a|isn['’]t that (?:nice|fun|great)|si nunca (?:has|ha)|no (?:te preocupes"
    r"|hace falta entender)"
    r"|un ordenador es una?|wenn (?:du|sie) noch nie|ein computer ist ein|keine sorge)\b"
    r"|如果你从来没有|电脑是一种|不用担心|不需要理解",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s|(?<=[。！？])|\n")
# Longer choices are put otherwise than a text puts them.
_SHORT = 4
# One such sentence may be a turn of phrase.
_LEAST_CHILDISH = 2


def is_courteous(markdown: str) -> bool:
    """Whether it opens or ends like an answer to somebody who asked for a tutorial."""
    paragraphs = _paragraphs(markdown)
    if not paragraphs:
        return False
    first, last = paragraphs[0][:_LOOKED_AT], paragraphs[-1][-_LOOKED_AT:]
    greets = _GREETS.match(first) is not None and _OF_THE_TASK.search(first) is not None
    return greets or _TAKES_LEAVE.search(last) is not None


def plans_aloud(markdown: str) -> bool:
    """Whether a model's thoughts about its task stand anywhere in the prose."""
    prose = _prose(markdown)
    return _MARK_OF_THOUGHT.search(prose) is not None or any(
        _PLANS_ALOUD.match(paragraph[:_LOOKED_AT]) for paragraph in _paragraphs(prose)
    )


def promises_in_vain(markdown: str) -> bool:
    """A heading without a word under it, an example that is announced and does not come, a table
    or a figure that is pointed at and is nowhere."""
    return (
        any(_empty_headings(markdown))
        or any(_broken_promises(markdown))
        or any(
            points.search(_prose(markdown)) and not shown.search(markdown)
            for points, shown in _POINTS
        )
    )


def _empty_headings(markdown: str) -> Iterator[str]:
    open_level, open_title = 0, ""
    for is_code, lines in split_blocks(markdown):
        for line in lines:
            heading = None if is_code else HEADING.fullmatch(line)
            if heading is None:
                open_level = 0 if line.strip() else open_level
                continue
            level = len(heading[1])
            if open_level and level <= open_level:
                yield open_title
            open_level, open_title = level, heading[2]
    if open_level:
        yield open_title


def _broken_promises(markdown: str) -> Iterator[str]:
    lines = [line for line in markdown.split("\n") if line.strip()]
    for line, after in zip(lines, [*lines[1:], "# "], strict=True):
        if (
            _PROMISES.search(line[-200:])
            and not HEADING.fullmatch(line)
            and not _SHOWS.match(after)
        ):
            yield line


def is_off_level(markdown: str, level: str) -> bool:
    """Whether it says itself that it is for others than those who are to read it."""
    prose = _prose(markdown)
    if level == "beginner":
        return _FOR_EXPERTS.search(prose) is not None
    return level == "advanced" and len(_FOR_CHILDREN.findall(prose)) >= _LEAST_CHILDISH


def contradicts_key(markdown: str, questions: Sequence[QuestionContent], language: str) -> bool:
    """Whether the text says, where a question asks, what it marks as wrong, and not what it marks
    as right. Only choices of a few words can be found in a text."""
    told = [piece for piece in _SENTENCE.split(markdown.replace("`", "")) if piece.strip()]
    sentences = [text_key(piece) for piece in told]
    before = ["", *sentences[:-1]]
    meant = [_roots(f"{one} {other}") for one, other in zip(before, sentences, strict=True)]
    return any(
        _is_contradicted(item_of(one, language), sentences, meant)
        for one in questions
        if one.type == "single"
    )


def _is_contradicted(item: Item, sentences: list[str], meant: list[set[str]]) -> bool:
    """`meant` are the words of each sentence and of the one before it."""
    if len(item.right) != 1 or any(count_words(one.plain) > _SHORT for one in item.choices):
        return False
    stem = _roots(item.asked)
    shared = [len(stem & around) for around in meant]
    near = [one for one, count in zip(sentences, shared, strict=True) if count]
    nearest = [
        one for one, count in zip(sentences, shared, strict=True) if count >= max(2, len(stem) / 3)
    ]
    says_wrong = any(
        _says(sentence, one) for one in item.wrong if len(one.plain) > 1 for sentence in nearest
    )
    return says_wrong and not any(_says(sentence, item.right[0]) for sentence in near)


def _roots(text: str) -> set[str]:
    """Words without their endings; where nothing stands between words, signs."""
    return {word[:6] for word in words(text) if len(word) > 3 or not word.isascii()}


def _says(text: str, choice: Choice) -> bool:
    said = choice.plain.strip(" .")
    place = text.find(said) if said else -1
    while place >= 0:
        around = text[place - 1 : place] + text[place + len(said) : place + len(said) + 1]
        if not any(one.isalnum() and one.isascii() for one in around):
            return True
        place = text.find(said, place + len(said))
    return False


def _prose(markdown: str) -> str:
    return "\n".join("\n".join(lines) for is_code, lines in split_blocks(markdown) if not is_code)


def _paragraphs(markdown: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", markdown) if part.strip()]
