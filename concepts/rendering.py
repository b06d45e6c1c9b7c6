"""From a tutorial's markdown to HTML that is safe to show.

Three walls: the parser passes no raw HTML, the sanitiser knows tags and attributes by list, and
the pages' Content-Security-Policy stands behind both.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any

import nh3
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

# Raise it when the output changes: rows carry the version they were rendered with.
RENDERER_VERSION = 1
# Words a minute of technical prose, read with care.
READING_SPEED = 130
HEADING_ID_PREFIX = "t-"

_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr",
    "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "span": {"class"},
    "pre": {"class", "tabindex"},
    **{heading: {"id"} for heading in ("h2", "h3", "h4", "h5", "h6")},
}
# Pygments' token classes: one to three letters and digits; ours: "code".
_CLASS = re.compile(r"[a-z][a-z0-9]{0,2}|code")


def render_markdown(markdown: str) -> str:
    """Sanitised HTML; headings start at h2 and carry prefixed ids."""
    return nh3.clean(
        _parser().render(markdown),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_keep_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener ugc",
        id_prefix=HEADING_ID_PREFIX,
    )


def reading_minutes(markdown: str) -> int:
    return max(1, round(len(markdown.split()) / READING_SPEED))


def _keep_attribute(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "class" and not _CLASS.fullmatch(value):
        return None
    if tag == "pre" and attribute == "tabindex":
        return "0"
    return value


@functools.cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "highlight": _highlight})
    parser.enable(["table", "strikethrough", "linkify"])
    parser.add_render_rule("image", _image_as_text)
    parser.core.ruler.push("cairn_headings", _name_headings)
    return parser


def _highlight(code: str, language: str, _attributes: str) -> str:
    """A focusable `pre` (long lines scroll, and the keyboard must reach them)."""
    try:
        lexer = get_lexer_by_name(language or "text")
    except ClassNotFound:
        inner = escapeHtml(code)
    else:
        inner = highlight(code, lexer, HtmlFormatter(nowrap=True))
    return f'<pre class="code" tabindex="0"><code>{inner}</code></pre>'


def _image_as_text(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, *_rest: Any
) -> str:
    """Pictures from a model are never loaded; their description is kept."""
    return escapeHtml(tokens[index].content)


def _name_headings(state: Any) -> None:
    """The page owns h1; every heading gets an id from its text, numbered when it repeats."""
    taken: dict[str, int] = {}
    for opening, inline, closing in zip(
        state.tokens, state.tokens[1:], state.tokens[2:], strict=False
    ):
        if opening.type != "heading_open":
            continue
        level = max(2, int(opening.tag[1]))
        opening.tag = closing.tag = f"h{level}"
        name = slugify(inline.content, allow_unicode=True) or "section"
        taken[name] = taken.get(name, 0) + 1
        opening.attrSet("id", name if taken[name] == 1 else f"{name}-{taken[name]}")
