"""What is wrong with the figures of a built-in tutorial. Pure.

Nobody else has any: what a model calls a figure stays a description.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from concepts.markdown.figures import SCHEME

# So many characters say what is to be seen; fewer only name it.
LEAST_DESCRIPTION = 40


def figure_problems(markdown: str, names: Collection[str]) -> list[str]:
    """`names` of drawings that there are."""
    return list(_problems(MarkdownIt("commonmark").parse(markdown), names))


def list_figures(markdown: str) -> set[str]:
    tokens = MarkdownIt("commonmark").parse(markdown)
    return {_address(image).removeprefix(SCHEME) for image, _ in _images(tokens)}


def _problems(tokens: list[Token], names: Collection[str]) -> Iterator[str]:
    for image, is_alone in _images(tokens):
        address = _address(image)
        if not address.startswith(SCHEME):
            yield f"“{address}” is a picture from elsewhere"
        elif address.removeprefix(SCHEME) not in names:
            yield f"there is no drawing “{address.removeprefix(SCHEME)}”"
        if len(image.content.strip()) < LEAST_DESCRIPTION:
            yield f"“{address}” does not say in words what it shows"
        if not is_alone:
            yield f"“{address}” is no paragraph of its own"


def _images(tokens: list[Token]) -> Iterator[tuple[Token, bool]]:
    """Each with whether it is a paragraph of its own, outside of lists and quotations."""
    for token in tokens:
        children = token.children or []
        for child in children:
            if child.type == "image":
                yield child, token.level == 1 and len(children) == 1


def _address(image: Token) -> str:
    return str(image.attrGet("src") or "")
