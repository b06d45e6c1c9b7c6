"""Choices that are values: a number with its unit, a range, a point in time. Pure.

Nothing here judges code: there `1`, `1.0` and `"1"` are different answers.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise

from concepts.lint.flaws.item import Choice, Item
from roadmaps.text import text_key

# Longer numbers are no quantities.
_NUMBER = r"\d{1,12}(?:[.,]\d{1,9}){0,4}"
_VALUE = re.compile(
    rf"(?P<sign>[-−+]?)(?P<number>{_NUMBER})"
    rf"(?: ?(?:/|÷) ?(?P<below>{_NUMBER})| ?(?:\^|\*\*) ?(?P<power>\d{{1,2}}))?"
    r" ?(?P<unit>(?:de |of an? |d['’])?[^\W\d]{1,14}|%|‰|°c?|°)?"
)
_UNITS: dict[str, tuple[str, Fraction]] = {
    name: (kind, Fraction(factor))
    for kind, units in {
        "time": {
            "1/1000": "ms millisecond milliseconds 毫秒",
            "1": "s sec second seconds segundo segundos sekunde sekunden seconde secondes 秒",
            "60": "min mins minute minutes minuto minutos minuten 分钟 分",
            "3600": "h hour hours hora horas stunde stunden heure heures 小时",
            "86400": "day days día días tag tage tagen jour jours 天 日",
            "604800": "week weeks semana semanas woche wochen semaine semaines 周 星期",
        },
        "length": {
            "1/1000": "mm millimetre millimetres milímetros millimeter 毫米",
            "1/100": "cm centimetre centimetres centimeters centímetros zentimeter 厘米",
            "1": "m metre metres meter meters metros 米",
            "1000": "km kilometre kilometres kilometers kilómetros kilometer 公里 千米",
        },
        "mass": {
            "1/1000": "mg 毫克",
            "1": "g gram grams gramos gramm 克",
            "1000": "kg kilo kilos kilogram kilograms kilogramos kilogramm 公斤 千克",
            "1000000": "t tonne tonnes toneladas tonnen 吨",
        },
        "volume": {
            "1/1000": "ml 毫升",
            "1/100": "cl",
            "1": "l litre litres liter liters litro litros 升",
        },
        "data": {
            "1": "byte bytes 字节",
            "1/8": "bit bits 比特",
            "1000": "kb",
            "1024": "kib",
            "1000000": "mb",
            "1048576": "mib",
            "1000000000": "gb",
            "1073741824": "gib",
        },
        "share": {"1/100": "% percent prozent", "1/1000": "‰"},
    }.items()
    for factor, names in units.items()
    for name in names.split()
}  # fmt: skip
_WORDS = {
    "half": "1/2", "one half": "1/2", "a half": "1/2", "one quarter": "1/4", "a quarter": "1/4",
    "one third": "1/3", "a third": "1/3", "three quarters": "3/4", "two thirds": "2/3",
    "a dozen": "12", "one dozen": "12", "zero": "0", "one": "1", "two": "2", "three": "3",
    "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
    "twelve": "12", "twenty": "20", "a hundred": "100", "one hundred": "100", "a thousand": "1000",
    "uno": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6", "siete": "7",
    "ocho": "8", "nueve": "9", "diez": "10", "doce": "12", "la mitad": "1/2", "un cuarto": "1/4",
    "eins": "1", "zwei": "2", "drei": "3", "vier": "4", "fünf": "5", "sechs": "6", "sieben": "7",
    "acht": "8", "neun": "9", "zehn": "10", "zwölf": "12", "die hälfte": "1/2",
    "ein viertel": "1/4", "ein drittel": "1/3", "一半": "1/2", "一": "1", "二": "2", "两": "2",
    "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8", "九": "9", "十": "10",
}  # fmt: skip
_MONTHS = (
    "january|enero|januar|jänner|janvier;february|febrero|februar|février;march|marzo|märz|mars"
    ";april|abril|avril;may|mayo|mai;june|junio|juni|juin;july|julio|juli|juillet"
    ";august|agosto|août;september|septiembre|septembre;october|octubre|oktober|octobre"
    ";november|noviembre|novembre;december|diciembre|dezember|décembre"
)
_MONTH_OF = {
    name: number for number, names in enumerate(_MONTHS.split(";"), 1) for name in names.split("|")
}


_RAISED = re.compile(r"[⁰¹²³⁴-⁹]+")


@dataclass(frozen=True)
class Value:
    amount: Fraction
    kind: str


@dataclass(frozen=True)
class Span:
    """From a low to a high end, None where it has none; `closed`: its own ends belong to it."""

    low: Fraction | None
    high: Fraction | None
    kind: str
    closed: tuple[bool, bool] = (True, True)


def read_value(text: str) -> Value | None:
    """A choice that is one value and nothing else."""
    said = text[:60].strip(" .。~≈()（）")
    if said in _WORDS:
        return Value(Fraction(_WORDS[said]), "")
    found = _VALUE.fullmatch(said)
    return _value_of(found) if found else None


def _value_of(found: re.Match[str]) -> Value | None:
    amount = _number(found["number"])
    if found["below"]:
        below = _number(found["below"])
        if not below:
            return None
        amount /= below
    if found["power"]:
        if amount > 1000:
            return None
        amount = amount ** int(found["power"])
    if found["sign"] in {"-", "−"}:
        amount = -amount
    kind, factor = _unit(found["unit"] or "")
    return Value(amount * factor, kind)


def _number(said: str) -> Fraction:
    """1,024 and 2.000 are thousands; 0.5 and 0,5 are a half."""
    if re.fullmatch(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*", said) and not said.startswith("0"):
        return Fraction(re.sub(r"[.,]", "", said))
    head, _, tail = said.replace(",", ".").rpartition(".")
    return Fraction(f"{head.replace('.', '')}.{tail}" if head else tail)


def _unit(said: str) -> tuple[str, Fraction]:
    """What nobody measures in our table is its own kind: 3 moves, 3 apples."""
    name = re.sub(r"\A(?:de |of an? |d['’])", "", said)
    if name in _UNITS:
        kind, factor = _UNITS[name]
        return ("" if kind == "share" else kind), factor
    return name, Fraction(1)


_SEP = r" ?(?:-|–|—|~|～|至|到|to|until|a|bis|à) ?"
_UNIT = r"(?: ?(?P<unit>[^\W\d]{1,14}|%|°c?)(?:[ /][^\W\d]{1,14}){0,3})?"
_BETWEEN = re.compile(
    rf"(?:from |between |de |entre |desde |von |zwischen |从|在)?(?P<low>{_NUMBER})(?: ?%)?{_SEP}"
    rf"(?P<high>{_NUMBER}){_UNIT}(?:之间)?"
)
_BETWEEN_BOTH = re.compile(
    rf"(?:between|entre|zwischen) (?P<low>{_NUMBER}) (?:and|y|und|et|e) (?P<high>{_NUMBER}){_UNIT}"
)
_WHAT = rf"(?:the year |the age of |el año |dem jahr |año )?(?P<n>{_NUMBER})"
_REST = r"(?: ?(?P<unit>[^\W\d]{1,14}|%|°c?)?(?:[ /][^\W\d]{1,14}){0,4})"
_BOUND = {
    ">": rf"(?:more than|over|above|greater than|longer than|older than|after|más de|después de"
    "|mayor de"
    rf"|mehr als|über|nach|älter als|plus de|après|超过|大于|多于|高于|>) ?{_WHAT}{_REST}"
    rf"|(?P<n2>{_NUMBER}) ?年?(?:以后|之后|后)",
    ">=": rf"(?:at least|from|since|no (?:less|fewer) than|al menos|como mínimo|a partir de"
    "|desde|mindestens"
    rf"|ab|seit|au moins|至少|不少于|不低于|>=|≥) ?{_WHAT}{_REST}(?: on| onwards| an)?"
    rf"|{_WHAT.replace('<n>', '<n2>')}(?: [^\W\d]{{1,14}}){{0,2}},? (?:or|and|o|y|oder|und|ou|et)"
    rf" (?:more|older|over|above|later|más|mayor|mehr|älter|darüber|später|plus)"
    rf"|(?P<n3>{_NUMBER}) ?[^\W\d]{{0,3}}(?:及以上|或以上|以上|或更多)",
    "<": rf"(?:less than|fewer than|under|below|before|shorter than|younger than|menos de|antes de"
    rf"|menor de|weniger als|unter|vor|jünger als|moins de|avant|不到|少于|小于|低于|不足|<)"
    rf" ?{_WHAT}{_REST}|(?P<n2>{_NUMBER}) ?年?(?:以前|之前|前)",
    "<=": rf"(?:at most|up to|until|no more than|como máximo|hasta|höchstens|bis zu|bis|maximal"
    rf"|au plus|至多|最多|不超过|不多于|<=|≤) ?{_WHAT}{_REST}"
    rf"|{_WHAT.replace('<n>', '<n2>')}(?: [^\W\d]{{1,14}}){{0,2}},? (?:or|o|oder|ou)"
    rf" (?:less|fewer|younger|menos|menor|weniger|jünger|moins)"
    rf"|(?P<n3>{_NUMBER}) ?[^\W\d]{{0,3}}(?:及以下|或以下|以下)",
}  # fmt: skip
_BOUNDS = {sign: re.compile(said) for sign, said in _BOUND.items()}
_MONTH = "|".join(_MONTH_OF)
_SINCE_MONTH = re.compile(
    rf"(?:from|since|desde|a partir de|ab|seit|dès) (?:early |mid-?|late |the (?:end|middle) of "
    rf"|mitte |ende |anfang )?"
    rf"(?P<month>{_MONTH})(?: on| onwards| an| en adelante)?"
)


def read_span(text: str) -> Span | None:
    said = text[:80].strip(" .。()（）").replace("−", "-")
    if found := _BETWEEN.fullmatch(said) or _BETWEEN_BOTH.fullmatch(said):
        low, high = _number(found["low"]), _number(found["high"])
        return Span(low, high, "") if low < high else None
    if found := _SINCE_MONTH.fullmatch(said):
        return Span(Fraction(_MONTH_OF[found["month"]]), None, "month")
    for sign, pattern in _BOUNDS.items():
        if found := pattern.fullmatch(said):
            number = next(v for k, v in found.groupdict().items() if v and k.startswith("n"))
            return _bounded(sign, _number(number))
    return None


def _bounded(sign: str, end: Fraction) -> Span:
    closed = (sign.endswith("="),) * 2
    return Span(end, None, "", closed) if sign[0] == ">" else Span(None, end, "", closed)


def meet(one: Span, other: Span) -> bool:
    """Whether a value can lie in both: an end that both claim is such a value."""
    if one.kind != other.kind:
        return False
    return not (_ends_before(one, other) or _ends_before(other, one))


def _ends_before(one: Span, other: Span) -> bool:
    if one.high is None or other.low is None:
        return False
    if one.high == other.low:
        return not (one.closed[1] and other.closed[0])
    return one.high < other.low


def loses_sequence(item: Item) -> bool:
    """Numbers of one kind, three at least, that neither rise nor fall."""
    if not item.is_choice or len(item.choices) < 3 or item.has_code:
        return False
    values = [read_value(_as_figures(one)) for one in item.choices]
    read = [one for one in values if one is not None]
    if len(read) < len(values) or len({one.kind for one in read}) > 1:
        return False
    amounts = [one.amount for one in read]
    rises = all(low <= high for low, high in pairwise(amounts))
    return not rises and not all(low >= high for low, high in pairwise(amounts))


def repeats_value(item: Item) -> bool:
    """Where three are one value, it is asked how that is written."""
    if not item.is_choice or item.has_code:
        return False
    counts = Counter(value for one in item.choices if (value := read_value(_as_figures(one))))
    return 2 in counts.values() and max(counts.values()) == 2


def _as_figures(choice: Choice) -> str:
    """NFKC makes 102 of 10²."""
    if "`" in choice.text:
        return ""
    raised = _RAISED.sub(lambda found: f"^{found[0]}", choice.text[:60])
    return text_key(raised).replace("\u2044", "/")


def overlaps(item: Item) -> bool:
    if item.type != "single" or item.has_code:
        return False
    spans = [span for one in item.choices if (span := read_span(one.prose))]
    return any(meet(one, other) for one, other in combinations(spans, 2)) or _one_or_more(item)


def _one_or_more(item: Item) -> bool:
    """“In spring” beside “in spring or in autumn”: who is right with one is right with both."""
    texts = [one.plain.strip(" .") for one in item.choices]
    return any(
        longer.startswith(f"{short}{glue}")
        for glue in (" or ", " o ", " oder ", " ou ", "或")
        for short in texts
        if short
        for longer in texts
    )
