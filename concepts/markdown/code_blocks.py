"""Blocks of code as HTML, coloured by classes. Pure."""

from __future__ import annotations

from markdown_it.common.utils import escapeHtml
from pygments import highlight as colour
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

# Lexers are regular expressions, some of quadratic time: a model that repeats itself inside a code
# block must not stop the event loop (measured: 4.5 s for 10,000 characters of nonsense Java).
HIGHLIGHT_MAX_BLOCK = 4_000
HIGHLIGHT_MAX_TEXT = 30_000


def highlight(code: str, language: str = "", _attributes: str = "") -> str:
    """A focusable `pre` (long lines scroll, and the keyboard must reach them)."""
    if not language or len(code) > HIGHLIGHT_MAX_BLOCK:
        return frame(code)
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return frame(code)
    return _framed(colour(code, lexer, HtmlFormatter(nowrap=True)))


def frame(code: str, _language: str = "", _attributes: str = "") -> str:
    """The same without colours."""
    return _framed(escapeHtml(code))


def _framed(inner: str) -> str:
    return f'<pre class="code" tabindex="0"><code>{inner}</code></pre>'
