"""The colours of code: static/css/code.css, made from Pygments' own styles.

Both were chosen by contrast: no token falls below 4.5 : 1 on our backgrounds (measured over all
of Pygments' styles). `python -m learning.concept.code_styles > static/css/code.css` makes the file
anew.
"""

from __future__ import annotations

import re
import sys

from pygments.formatters import HtmlFormatter

LIGHT, DARK = "xcode", "monokai"
# The page owns the background, the line spacing and the colour of plain text.
_RULE = re.compile(r"^\.code \.\S+ \{.*\}", re.MULTILINE)
# Empty, or a lexer's complaint: code that a lexer does not understand is not wrong.
_POINTLESS = re.compile(r"\{\s*\}|^\.code \.err ")
_BACKGROUND = re.compile(r"(background-color|border): [^;}]+;? ?")


def render_code_css() -> str:
    light, dark = _rules(LIGHT), _rules(DARK)
    dark = "\n".join(f"  {rule}" for rule in dark.splitlines())
    return (
        "/* Made by learning/concept/code_styles.py from Pygments' styles: do not edit. */\n"
        f"{light}\n\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"
    )


def _rules(style: str) -> str:
    css: str = HtmlFormatter(style=style).get_style_defs(".code")  # type: ignore[no-untyped-call]  # Pygments' stubs stop here
    rules = (_BACKGROUND.sub("", rule) for rule in _RULE.findall(css))
    return "\n".join(rule for rule in rules if not _POINTLESS.search(rule))


if __name__ == "__main__":
    sys.stdout.write(render_code_css())
