"""Blocks of code as HTML, coloured by classes. Pure."""

from __future__ import annotations

import re

from markdown_it.common.utils import escapeHtml
from pygments import highlight as colour
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

# Lexers are regular expressions, some of quadratic time: a model that repeats itself inside a code
# block must not stop the event loop (measured: 4.5 s for 10,000 characters of nonsense Java).
HIGHLIGHT_MAX_BLOCK = 4_000
HIGHLIGHT_MAX_TEXT = 30_000
# What a language may be called; these say that it is none.
LANGUAGE = re.compile(r"[\w+#./ ()&*'-]{1,40}")
_PLAIN = {"text", "txt", "plain", "plaintext", "none", "output", "text only"}


def highlight(code: str, language: str = "", _attributes: str = "") -> str:
    """A focusable `pre` (long lines scroll, and the keyboard must reach them)."""
    lexer = _find_lexer(language)
    if lexer is None or len(code) > HIGHLIGHT_MAX_BLOCK:
        return frame(code, language)
    return _framed(colour(code, lexer, HtmlFormatter(nowrap=True)), lexer.name)


def frame(code: str, language: str = "", _attributes: str = "") -> str:
    """The same without colours."""
    lexer = _find_lexer(language)
    return _framed(escapeHtml(code), language if lexer is None else lexer.name)


def _find_lexer(language: str) -> Lexer | None:
    if not LANGUAGE.fullmatch(language) or language.casefold() in _PLAIN:
        return None
    try:
        return get_lexer_by_name(language)
    except ClassNotFound:
        return None


def _framed(inner: str, language: str) -> str:
    is_said = LANGUAGE.fullmatch(language) and language.casefold() not in _PLAIN
    said = f' data-language="{escapeHtml(language)}"' if is_said else ""
    return f'<pre class="code" tabindex="0"{said}><code>{inner}</code></pre>'
