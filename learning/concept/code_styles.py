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
_RULE = re.compile(r"^\.code \.(\S+) \{(.*?)\}", re.MULTILINE)
_COLOUR = re.compile(r"(?<![-\w])color: (#\w+)")
# What a lexer does not understand is not wrong.
_COMPLAINT = "err"
# Of the page, where a style says nothing.
_PLAIN = "var(--ink)"


def render_code_css() -> str:
    """A line for each pair of colours. `light-dark()` follows the page: its system, or a choice."""
    light, dark = _colours(LIGHT), _colours(DARK)
    classes: dict[tuple[str, str], list[str]] = {}
    for name in sorted(light | dark):
        pair = light.get(name, _PLAIN), dark.get(name, _PLAIN)
        classes.setdefault(pair, []).append(name)
    rules = (
        f".code :is({', '.join(f'.{name}' for name in names)}) "
        f"{{ color: light-dark({of_light}, {of_dark}) }}"
        for (of_light, of_dark), names in classes.items()
    )
    head = "/* Made by learning/concept/code_styles.py from Pygments' styles: do not edit. */"
    return "\n".join([head, *rules, ""])


def _colours(style: str) -> dict[str, str]:
    """By the class of a token."""
    css: str = HtmlFormatter(style=style).get_style_defs(".code")  # type: ignore[no-untyped-call]  # Pygments' stubs stop here
    found = ((name, _COLOUR.search(rule)) for name, rule in _RULE.findall(css))
    return {name: colour[1] for name, colour in found if colour and name != _COMPLAINT}


if __name__ == "__main__":
    sys.stdout.write(render_code_css())
