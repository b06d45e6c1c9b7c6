"""From a tutorial's markdown to HTML that is safe to show.

Three walls: the parser passes no raw HTML, the sanitiser knows tags and attributes by list, and
the pages' Content-Security-Policy stands behind both. Folds, figures and formulas are made by us
and put in behind the sanitiser (`marks.py`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import nh3
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from pydantic import AnyUrl, ValidationError

from concepts.links.public import is_public_address, may_be_shown_as, with_ascii_host
from concepts.markdown.anchors import Anchors
from concepts.markdown.code_blocks import HIGHLIGHT_MAX_TEXT, LANGUAGE, frame, highlight
from concepts.markdown.figures import show_figures, text_of
from concepts.markdown.folding import Check, Grammar, fold_signs, render_mark
from concepts.markdown.foreign import TAG, mark_languages
from concepts.markdown.formulas import FormulaBudget, render_formula
from concepts.markdown.inline_marks import add_marks
from concepts.markdown.marks import Marks

# Raise it when the output changes: rows carry the version they were rendered with, and pages render
# those of another version again.
RENDERER_VERSION = 11
# Words a minute of technical prose, read with care.
READING_SPEED = 130
IDEOGRAPH_SPEED = 250
HEADING_ID_PREFIX = "t-"
# Looking for bare links in one endless word takes time that grows with its square (measured:
# 16 s for 40,000 characters).
LINKIFY_MAX_WORD = 2_000
# So does looking for the beginnings of many in one paragraph (10 s for 12,000 times "a:// ").
LINKIFY_MAX_MARKS = 500

_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr",
    "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "span": {"class"},
    "pre": {"class", "tabindex", "data-language"},
    "table": {"tabindex"},
    "em": {"lang"},
    "td": {"lang"},
    **{heading: {"id"} for heading in ("h2", "h3", "h4", "h5", "h6")},
}
# What does not begin with http:// or https:// is no link: strangers own the domains that manage.py,
# README.md and main.rs look like.
_NO_LINKS = dict.fromkeys(("ftp:", "mailto:", "//"))
_WEB = re.compile(r"https?:", re.IGNORECASE)
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff\u3040-\u30ff]")
# Pygments' token classes: one to three letters and digits; ours: "code".
_CLASS = re.compile(r"[a-z][a-z0-9]{0,2}|code")


def render_markdown(markdown: str, figures: Mapping[str, str] | None = None) -> str:
    """Sanitised HTML; headings start at h2 and carry prefixed ids.

    `figures` are drawings of ours by name (`figures.draw_figure`); without, their descriptions are
    shown.
    """
    marks = Marks()
    env = {"grammar": Grammar(marks, figures), "formulas": FormulaBudget()}
    return render_part(markdown, marks, env, parser_for(markdown))


def render_part(markdown: str, marks: Marks, env: dict[str, Any], parser: MarkdownIt) -> str:
    """Some blocks of a text, with what was noted of those before them in `env`."""
    sanitised = nh3.clean(
        parser.render(markdown, env),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_keep_attribute,
        url_schemes={"http", "https"},
        link_rel="nofollow noopener ugc",
    )
    return marks.fill(sanitised)


def find_checks(markdown: str) -> dict[int, Check]:
    """What exercises of a tutorial are checked with, by the number of the exercise."""
    if not any(fence in markdown for fence in ("```", "~~~")):
        return {}  # a check is code between fences
    grammar = Grammar(Marks())
    parser_for(markdown).parse(markdown, {"grammar": grammar})
    return grammar.checks


def parser_for(markdown: str) -> MarkdownIt:
    return _parser(
        linkify=_is_quick_to_linkify(markdown),
        highlighting=len(markdown) <= HIGHLIGHT_MAX_TEXT,
    )


def _is_quick_to_linkify(markdown: str) -> bool:
    longest_word = max(map(len, markdown.split()), default=0)
    return longest_word <= LINKIFY_MAX_WORD and markdown.count("://") <= LINKIFY_MAX_MARKS


def reading_minutes(markdown: str) -> int:
    ideographs = len(_IDEOGRAPH.findall(markdown))
    words = len(_IDEOGRAPH.sub(" ", markdown).split())
    return max(1, round(words / READING_SPEED + ideographs / IDEOGRAPH_SPEED))


def _keep_attribute(_tag: str, attribute: str, value: str) -> str | None:
    if attribute == "class" and not _CLASS.fullmatch(value):
        return None
    if attribute == "data-language" and not LANGUAGE.fullmatch(value):
        return None
    if attribute == "lang" and not TAG.fullmatch(value):
        return None
    if attribute == "tabindex":
        return "0"
    if attribute == "href":
        return _web_or_in_page(value)
    return value


def _web_or_in_page(address: str) -> str | None:
    """A tutorial knows no address on this site but its own headings, whose ids are prefixed."""
    if address.startswith("#"):
        return address if address.startswith(f"#{HEADING_ID_PREFIX}") else None
    return address if is_public_address(address) and _can_be_opened(address) else None


def _can_be_opened(address: str) -> bool:
    """Judged by the parser that the sanitiser uses, too: one of them alone left half a link."""
    try:
        AnyUrl(address)
    except ValidationError:
        return False
    return True


class _Parser(MarkdownIt):
    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        """Addresses are judged as they were written, as those of resources are: what is spelt
        another way afterwards may look better than it is."""
        if not _WEB.match(url):
            return super().normalizeLink(url)
        return super().normalizeLink(with_ascii_host(url)) if is_public_address(url) else ""


@functools.cache
def _parser(*, linkify: bool, highlighting: bool) -> MarkdownIt:
    highlighter = highlight if highlighting else frame
    parser = _Parser("commonmark", {"html": False, "linkify": linkify, "highlight": highlighter})
    parser.enable(["table", "strikethrough", *(["linkify"] if linkify else [])])
    parser.linkify = LinkifyIt(_NO_LINKS, {"fuzzy_link": False, "fuzzy_email": False})
    parser.add_render_rule("image", _image_as_text)
    parser.add_render_rule("code_block", _code_block)
    parser.add_render_rule("mark", render_mark)
    parser.add_render_rule("formula", _formula)
    add_marks(parser)
    parser.core.ruler.push("cairn_figures", show_figures)
    parser.core.ruler.push("cairn_folds", fold_signs)
    parser.core.ruler.push("cairn_headings", _name_headings)
    parser.core.ruler.push("cairn_tables", _let_keys_move_tables)
    parser.core.ruler.push("cairn_languages", mark_languages)
    parser.core.ruler.push("cairn_links", _unlink_all_but_the_web)
    return parser


def _unlink_all_but_the_web(state: Any) -> None:
    for token in state.tokens:
        if token.children:
            token.children = list(_without_dead_links(token.children))


def _without_dead_links(tokens: Sequence[Token]) -> Iterator[Token]:
    """Of a link that may not lead anywhere the text is left. Autolinks stand inside links, too."""
    dead: set[int] = set()
    open_links: list[tuple[int, list[str]]] = []
    for place, token in enumerate(tokens):
        if token.type == "link_open":
            open_links.append((place, []))
        elif token.type == "link_close":
            opening, texts = open_links.pop()
            if not _may_lead(tokens[opening], "".join(texts)):
                dead |= {opening, place}
        else:
            for _, texts in open_links:
                texts.append(token.content)
    return (token for place, token in enumerate(tokens) if place not in dead)


def _may_lead(link: Token, text: str) -> bool:
    address = str(link.attrGet("href") or "")
    shown = f"{text} {link.attrGet('title') or ''}"
    return _web_or_in_page(address) is not None and may_be_shown_as(shown, address)


def _code_block(_renderer: RendererHTML, tokens: Sequence[Token], index: int, *_rest: Any) -> str:
    return frame(tokens[index].content)


def _image_as_text(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, *_rest: Any
) -> str:
    """Pictures from a model are never loaded; their description is kept."""
    return escapeHtml(text_of(tokens[index]))


def _formula(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, env: Any
) -> str:
    """What cannot be read, or is too much, is left as it was written."""
    written = tokens[index].content
    made = render_formula(written) if env["formulas"].take(written) else None
    return escapeHtml(written) if made is None else str(env["grammar"].marks.put(made))


def _name_headings(state: Any) -> None:
    """The page owns h1; every heading gets an id from its text, and links find it."""
    anchors = state.env.setdefault("anchors", Anchors())
    for opening, inline, closing in zip(
        state.tokens, state.tokens[1:], state.tokens[2:], strict=False
    ):
        if opening.type != "heading_open":
            continue
        level = max(2, int(opening.tag[1]))
        opening.tag = closing.tag = f"h{level}"
        opening.attrSet("id", HEADING_ID_PREFIX + anchors.name(_text_of(inline)))
    for token in state.tokens:
        for link in token.children or []:
            address = str(link.attrGet("href") or "") if link.type == "link_open" else ""
            if address.startswith("#"):
                link.attrSet("href", f"#{HEADING_ID_PREFIX}{anchors.find(address[1:])}")


def _let_keys_move_tables(state: Any) -> None:
    """A wide table scrolls in its own box, which only what has the focus can be."""
    for token in state.tokens:
        if token.type == "table_open":
            token.attrSet("tabindex", "0")


def _text_of(inline: Token) -> str:
    """What a line shows, without its marks."""
    return "".join(
        " " if token.type in {"softbreak", "hardbreak"} else token.content
        for token in inline.children or []
    )
