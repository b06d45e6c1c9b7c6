"""Formulas as MathML, made anew from what a library understands of LaTeX. Pure.

The library passes on addresses, classes and raw tags of what it reads (measured). Only its tree is
taken: elements and attributes by list, texts escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

# More of them, or longer ones all together, are shown as they were written.
MOST_FORMULAS = 400
MOST_CHARACTERS = 20_000
LONGEST = 1_000
_DEEPEST = 40
_ELEMENTS = {
    "math", "menclose", "merror", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded",
    "mphantom", "mprescripts", "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub",
    "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "none",
}  # fmt: skip
_ATTRIBUTES = {
    "accent", "accentunder", "columnalign", "columnlines", "columnspacing", "depth", "display",
    "displaystyle", "fence", "form", "height", "linethickness", "lspace", "mathvariant", "maxsize",
    "minsize", "movablelimits", "notation", "rowlines", "rowspacing", "rspace", "scriptlevel",
    "separator", "stretchy", "symmetric", "voffset", "width",
}  # fmt: skip
_VALUE = re.compile(r"[A-Za-z0-9.%+\- ]{0,60}")
_PAIRS = {"$$": "$$", r"\(": r"\)", r"\[": r"\]", "$": "$"}
_DISPLAYED = {"$$", r"\["}


class FormulaBudget:
    """What one text may have converted."""

    def __init__(self) -> None:
        self._formulas = MOST_FORMULAS
        self._characters = MOST_CHARACTERS

    def take(self, formula: str) -> bool:
        self._formulas -= 1
        self._characters -= len(formula)
        return min(self._formulas, self._characters) >= 0


def render_formula(written: str) -> str | None:
    """A formula with its signs as MathML; None where it cannot be read."""
    latex, is_displayed = _without_signs(written)
    if not latex.strip() or len(latex) > LONGEST or _depth(latex) > _DEEPEST:
        return None
    try:
        tree = convert_to_element(latex, display="block" if is_displayed else "inline")
    except Exception:  # noqa: BLE001 - the library raises anything over what it cannot read
        return None
    try:
        inner = "".join(_write(child, 0) for child in tree)
    except ValueError:
        return None
    # Moved by keys where it is wider than its page.
    display = ' display="block" tabindex="0"' if is_displayed else ""
    return f'<math alttext="{escape(latex.strip())}"{display}>{inner}</math>'


def _without_signs(written: str) -> tuple[str, bool]:
    for sign, end in _PAIRS.items():
        if written.startswith(sign):
            return written[len(sign) : -len(end)], sign in _DISPLAYED
    return written, True


def _depth(latex: str) -> int:
    deepest = depth = 0
    for sign in latex:
        depth += (sign == "{") - (sign == "}")
        deepest = max(deepest, depth)
    return deepest + latex.count(r"\left") + latex.count(r"\begin")


def _write(element: Element, depth: int) -> str:
    """Raises ValueError over what is not on the list, or too deep."""
    if element.tag not in _ELEMENTS or depth > 4 * _DEEPEST:
        raise ValueError(element.tag)
    attributes = "".join(_write_attributes(element))
    inner = "".join(f"{_write(child, depth + 1)}{_text(child.tail)}" for child in element)
    return f"<{element.tag}{attributes}>{_text(element.text)}{inner}</{element.tag}>"


def _text(text: str | None) -> str:
    """The library writes signs as entities, and what people wrote as it is."""
    return escape(unescape(text or ""), quote=False)


def _write_attributes(element: Element) -> Iterator[str]:
    for name, value in element.attrib.items():
        if name in _ATTRIBUTES and _VALUE.fullmatch(value):
            yield f' {name}="{value}"'
