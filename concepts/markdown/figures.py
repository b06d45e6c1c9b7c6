"""Drawings that stand beside a built-in tutorial. Pure.

`![WHAT IT SHOWS](figure:NAME "CAPTION")`, a paragraph of its own, is `figures/NAME.svg` beside the
roadmap's concepts. What it shows is said in words, or it is not drawn (`lint/figures.py`).

What is between asterisks in a text that says their language is marked there, too: then the words
stand beside the drawing, unseen, for a name of an element is in one language.

A drawing is read and written anew: elements and attributes by list, texts escaped, so nothing that
runs, loads, moves or leads somewhere is left. One that holds such a thing is refused as a whole,
for it is a file of ours.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any
from xml.etree import ElementTree as ET

from markdown_it.token import Token

from concepts.markdown.folding import Grammar, mark
from concepts.markdown.foreign import emphasised_in, is_starred

SCHEME = "figure:"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_LONGEST = 60_000
_DEEPEST = 30
_SVG = "{http://www.w3.org/2000/svg}"
_ELEMENTS = {
    "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan",
    "defs", "marker",
}  # fmt: skip
_ATTRIBUTES = {
    "viewBox", "width", "height", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry",
    "dx", "dy", "d", "points", "transform", "fill", "fill-opacity", "fill-rule", "stroke",
    "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "stroke-opacity",
    "opacity", "font-size", "font-weight", "font-style", "text-anchor", "dominant-baseline",
    "marker-start", "marker-mid", "marker-end", "markerWidth", "markerHeight", "refX", "refY",
    "orient", "id", "class", "preserveAspectRatio",
}  # fmt: skip
# Figures, letters and a few signs: no address, no entity, nothing that a style could be.
_VALUE = re.compile(r"[\w.,#%()+\- \n]{0,4000}")
_OWN = re.compile(r"url\(#([\w-]{1,60})\)")
_REFERRING = {"marker-start", "marker-mid", "marker-end"}
# What static/css/lesson.css knows how to paint, in light and dark.
CLASSES = {"accent", "faint", "fill", "ink", "line", "mono", "paper", "warn"}


class FigureRefused(ValueError):
    """A drawing holds what it may not."""


def draw_figure(name: str, source: str) -> str:
    """The drawing as it is shown. Raises FigureRefused."""
    if not NAME.fullmatch(name) or len(source) > _LONGEST or "<!DOCTYPE" in source.upper():
        raise FigureRefused(f"“{name}” is too long, has no proper name, or brings a DOCTYPE.")
    try:
        tree = ET.fromstring(source)  # noqa: S314 - without a DOCTYPE there are no entities
    except ET.ParseError as error:
        raise FigureRefused(f"“{name}” is no XML: {error}") from None
    if tree.tag != f"{_SVG}svg" or "viewBox" not in tree.attrib:
        raise FigureRefused(f"“{name}” is no SVG with a viewBox.")
    return _write(tree, f"figure-{name}-", 0)


def _write(element: ET.Element, prefix: str, depth: int) -> str:
    tag = str(element.tag).removeprefix(_SVG)
    if tag not in _ELEMENTS or (depth == 0) is not (tag == "svg") or depth > _DEEPEST:
        raise FigureRefused(f"<{tag}> may not stand there in a figure.")
    attributes = "".join(
        f' {name}="{escape(_judge(name, value, prefix))}"' for name, value in element.attrib.items()
    )
    inner = "".join(
        f"{_write(child, prefix, depth + 1)}{escape(child.tail or '')}" for child in element
    )
    return f"<{tag}{attributes}>{escape(element.text or '')}{inner}</{tag}>"


def _judge(name: str, value: str, prefix: str) -> str:
    """Ids are the figure's own, for several stand on a page."""
    if name in _REFERRING and (own := _OWN.fullmatch(value)):
        return f"url(#{prefix}{own[1]})"
    is_known = name in _ATTRIBUTES and _VALUE.fullmatch(value) and "url" not in value.casefold()
    if not is_known or (name == "class" and not set(value.split()) <= CLASSES):
        raise FigureRefused(f"{name}=“{value[:60]}” may not stand in a figure.")
    return f"{prefix}{value}" if name == "id" else value


def show_figures(state: Any) -> None:
    """A paragraph that is a figure of ours becomes it; any other picture stays a description."""
    grammar = state.env.get("grammar")
    if not isinstance(grammar, Grammar) or not grammar.figures:
        return
    tokens: list[Token] = []
    for token in state.tokens:
        is_paragraph = token.level == 1 and bool(tokens) and tokens[-1].type == "paragraph_open"
        drawn = _drawn(token, grammar, emphasised_in(state.env)) if is_paragraph else None
        if drawn is None:
            tokens.append(token)
        else:
            tokens[-1] = mark(drawn)
    state.tokens = [
        token
        for before, token in zip([None, *tokens], tokens, strict=False)
        if not (token.type == "paragraph_close" and before is not None and before.type == "mark")
    ]


def _drawn(inline: Token, grammar: Grammar, language: str) -> str | None:
    images = inline.children or []
    if len(images) != 1 or images[0].type != "image":
        return None
    address = str(images[0].attrGet("src") or "")
    svg = grammar.figures.get(address.removeprefix(SCHEME)) if address.startswith(SCHEME) else None
    if svg is None or not images[0].content.strip():
        return None
    caption = escape(str(images[0].attrGet("title") or "").strip())
    said = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure class="figure">{_with_words(svg, images[0], language)}{said}</figure>'


def _with_words(svg: str, image: Token, language: str) -> str:
    words = image.children or []
    if not language or not any(map(is_starred, words)):
        shows = escape(image.content.strip())
        return svg.replace("<svg", f'<svg role="img" aria-label="{shows}"', 1)
    told = "".join(_word(token, language) for token in words)
    drawing = svg.replace("<svg", '<svg aria-hidden="true"', 1)
    return f'{drawing}<p class="vh">{told}</p>'


def _word(token: Token, language: str) -> str:
    if token.type == "em_open":
        return f'<em lang="{language}">' if is_starred(token) else "<em>"
    return "</em>" if token.type == "em_close" else escape(_as_text(token))


def text_of(image: Token) -> str:
    """What it shows, without the signs of its emphasis."""
    return "".join(map(_as_text, image.children or [image]))


def _as_text(token: Token) -> str:
    return "\n" if token.type in {"softbreak", "hardbreak"} else token.content
