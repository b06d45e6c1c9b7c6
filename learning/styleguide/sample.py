"""A component in one state, and how it is put among others on one page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

# What names another element of the same page: each of the words is a name in the first, one name
# in the second.
_NAMING = re.compile(r'\b(id|for|form|aria-labelledby|aria-describedby)="([^"]*)"')
_LEADING = re.compile(r'(\bhref="#[^"]+|url\(#[^)"]+)')


@dataclass(frozen=True)
class Sample:
    """`template` is the one that pages use; `around` are classes of what stands around it there."""

    state: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    around: str = ""

    def render(self, place: str) -> SafeString:
        """Without a request, so that nothing of whoever looks gets in. No two samples share a name:
        `place` is another one for each."""
        context = {"LANGUAGE_CODE": get_language(), "user": AnonymousUser(), **self.context}
        return name_apart(render_to_string(self.template, context), place)


@dataclass(frozen=True)
class Component:
    name: str
    samples: list[Sample]


def name_apart(html: str, place: str) -> SafeString:
    """The names of a fragment with `place` behind them; styles match how a name begins."""

    def rename(found: re.Match[str]) -> str:
        names = " ".join(f"{name}--{place}" for name in found[2].split())
        return f'{found[1]}="{names}"'

    return SafeString(_LEADING.sub(rf"\1--{place}", _NAMING.sub(rename, html)))
