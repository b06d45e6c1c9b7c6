"""Donut caching: a page is kept for everybody, with holes for what is one visitor's own.

    {% hole %}{{ user.email }}{% endhole %}

`bake` renders what stands around the holes, and knows no visitor: what is theirs cannot get there.
`fill` renders the holes for one of them. A hole sees the variables of its page, but none of a loop
or a `with` around it. On pages that are not baked it is what stands in it.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context, Template
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import make_context
from django.utils import timezone
from django.utils.safestring import SafeString

register = template.Library()

# No text that is shown holds it: it is another one in each process.
_MARK = secrets.token_hex(16)
_FOUND = "holes_found"
_numbers = itertools.count()
_holes: dict[int, Hole] = {}


class Hole(Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self.number = next(_numbers)
        _holes[self.number] = self

    def render(self, context: Context) -> SafeString:
        found: list[int] | None = context.get(_FOUND)
        if found is None:
            return self.nodelist.render(context)
        found.append(self.number)
        return SafeString(_MARK)


@register.tag
def hole(parser: Parser, _token: Token) -> Hole:
    nodelist = parser.parse(("endhole",))
    parser.delete_first_token()
    return Hole(nodelist)


@dataclass(frozen=True)
class Donut:
    """What stands around the holes, one text more than there are of these. Holes are told by
    number, which another process does not know."""

    texts: tuple[str, ...]
    holes: tuple[int, ...]


def bake(page: Template, shared: Mapping[str, Any]) -> Donut:
    """`shared`: all that the page shows outside of its holes, where it is the hour of UTC."""
    found: list[int] = []
    with timezone.override(UTC):
        texts = page.render(Context({**shared, _FOUND: found})).split(_MARK)
    return Donut(tuple(texts), tuple(found))


def fill(donut: Donut, page: Template, request: HttpRequest, own: dict[str, Any]) -> str:
    """`own`: what the holes show, beside what every page is told."""
    context = make_context(own, request)
    with context.bind_template(page), context.render_context.push_state(page):
        filled = [_holes[number].nodelist.render(context) for number in donut.holes]
    return "".join(itertools.chain(*zip(donut.texts, (*filled, ""), strict=True)))
