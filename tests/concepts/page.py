"""Rendered tutorials as a browser would see them, and what must not be in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from concepts.markdown.rendering import render_markdown

HEADINGS = {"h2", "h3", "h4", "h5", "h6"}
TAGS = HEADINGS | {
    "a", "blockquote", "br", "code", "del", "em", "hr", "li", "ol", "p", "pre", "s", "span",
    "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title", "rel"},
    "ol": {"start"},
    "span": {"class"},
    "pre": {"class", "tabindex", "data-language"},
    "table": {"tabindex"},
    **{heading: {"id"} for heading in HEADINGS},
}
# What we put in behind the sanitiser: tags with their attributes and what those may say.
OURS = {
    "details": {"class": re.compile("fold (question|hint|solution|check)")},
    "summary": {},
    "section": {"class": re.compile("exercise|recap")},
    "p": {"class": re.compile("check"), "data-check": re.compile("[0-9]+")},
    "math": {
        "alttext": re.compile(".*", re.DOTALL),
        "display": re.compile("block"),
        "tabindex": re.compile("0"),
    },
    **dict.fromkeys(
        ("mfrac", "mi", "mn", "mo", "mover", "mroot", "mrow", "mspace", "msqrt", "mstyle", "msub",
         "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "mpadded"),
        dict.fromkeys(
            ("columnalign", "columnspacing", "displaystyle", "fence", "form", "linethickness",
             "lspace", "mathvariant", "maxsize", "minsize", "movablelimits", "rowspacing",
             "rspace", "scriptlevel", "stretchy", "width", "accent", "voffset", "height", "depth"),
            re.compile(r"[\w.%+ -]*"),
        ),
    ),
}  # fmt: skip
# The web, or a heading of the same tutorial.
_MAY_BE_LINKED = re.compile(r"https?://[^/]|#t-", re.IGNORECASE)


class Html(HTMLParser):
    """Elements with their attributes, texts, and what is neither (comments, declarations). The
    text of a formula is what was written for it, without its signs."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.links: list[str] = []
        self._in_link = False
        self._in_formula = False
        self.others: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "math":
            self._in_formula = True
            self.text += dict(attrs)["alttext"] or ""
        if tag == "a":
            self._in_link = True
            self.links.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._in_link = False
        if tag == "math":
            self._in_formula = False

    def handle_data(self, data: str) -> None:
        if not self._in_formula:
            self.text += data
        if self._in_link:
            self.links[-1] += data

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def tags(self) -> list[str]:
        """Without formulas, and what they are made of."""
        return [tag for tag, _ in self.elements if not tag.startswith("m")]

    def values(self, attribute: str) -> list[str]:
        found = [attributes.get(attribute) for _, attributes in self.elements]
        return [value for value in found if value is not None]

    def offences(self) -> list[str]:
        """Whatever is not on the lists: it might run, load, or lead somewhere else."""
        return [*self.others, *self._offending_elements()]

    def _offending_elements(self) -> Iterator[str]:
        for tag, attributes in self.elements:
            ours = OURS.get(tag, {})
            if tag not in TAGS | OURS.keys():
                yield f"<{tag}>"
            for name in attributes.keys() - ATTRIBUTES.get(tag, set()):
                if name not in ours or not ours[name].fullmatch(attributes[name] or ""):
                    yield f"<{tag} {name}={attributes[name]!r}>"
            address = attributes.get("href") or ""
            if tag == "a" and not _MAY_BE_LINKED.match(address):
                yield f"<{tag} href={address!r}>"


class Page(Html):
    """What a tutorial's markdown becomes."""

    def __init__(self, markdown: str) -> None:
        super().__init__(render_markdown(markdown))
